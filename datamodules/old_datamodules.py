"""One datamodule class per dataset, as in version 0.1; see :mod:`datamodules.moved`."""

from functools import partialmethod

from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.registry import DATASETS


def _of(dataset: str, name: str) -> type[DatasetDataModule]:
    """A subclass of :class:`DatasetDataModule` with a fixed dataset and its ``read`` function."""
    members = {
        "__doc__": f"``DatasetDataModule(dataset={dataset!r}, …)``, under its old name.",
        "__init__": partialmethod(DatasetDataModule.__init__, dataset=dataset),
        "__module__": __name__,
        "read": DATASETS[dataset].read,
    }
    return type(name, (DatasetDataModule,), members)


TaskonomyDataModule = _of("taskonomy", "TaskonomyDataModule")
PromptTransferDataModule = _of("prompt-transfer", "PromptTransferDataModule")
MedMNISTDataModule = _of("medmnist", "MedMNISTDataModule")
CogTaskonomyDataModule = _of("cogtaskonomy", "CogTaskonomyDataModule")
MiniVisionDataModule = _of("mini-vision", "MiniVisionDataModule")
