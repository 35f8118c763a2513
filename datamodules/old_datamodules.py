"""One class per dataset, as version 0.1 had them; see :mod:`datamodules.moved`."""

from typing import Any

from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.registry import DATASETS


class TaskonomyDataModule(DatasetDataModule):
    """``DatasetDataModule(dataset="taskonomy", …)``."""

    read = DATASETS["taskonomy"].read

    def __init__(self, **options: Any) -> None:
        super().__init__(dataset="taskonomy", **options)


class PromptTransferDataModule(DatasetDataModule):
    """``DatasetDataModule(dataset="prompt-transfer", …)``."""

    read = DATASETS["prompt-transfer"].read

    def __init__(self, **options: Any) -> None:
        super().__init__(dataset="prompt-transfer", **options)


class MedMNISTDataModule(DatasetDataModule):
    """``DatasetDataModule(dataset="medmnist", …)``."""

    read = DATASETS["medmnist"].read

    def __init__(self, **options: Any) -> None:
        super().__init__(dataset="medmnist", **options)


class CogTaskonomyDataModule(DatasetDataModule):
    """``DatasetDataModule(dataset="cogtaskonomy", …)``."""

    read = DATASETS["cogtaskonomy"].read

    def __init__(self, **options: Any) -> None:
        super().__init__(dataset="cogtaskonomy", **options)


class MiniVisionDataModule(DatasetDataModule):
    """``DatasetDataModule(dataset="mini-vision", …)``."""

    read = DATASETS["mini-vision"].read

    def __init__(self, **options: Any) -> None:
        super().__init__(dataset="mini-vision", **options)
