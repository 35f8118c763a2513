"""MedMNIST: networks of 15 image sets fine-tuned on 12 medical ones (Juodelyte et al., 2024)."""

from typing import ClassVar

from datamodules.published import PublishedDataModule
from datamodules.source import Label


class MedMNISTDataModule(PublishedDataModule):
    """Episodes of the MedMNIST matrix; see ``tables/medmnist/README.md`` for the figures.

    Other arguments are those of :class:`PublishedDataModule`.

    Args:
        regime: ``fine-tuned``, the only one.
        label: ``auc`` (area under the ROC curve on the target after fine-tuning).
        proxy: ``leep``, ``logme``, ``nleep``, ``ncti`` or ``lp`` (linear probe); unknown for the target
            ``chestmnist``.
    """

    dataset: ClassVar[str] = "medmnist"
    regimes: ClassVar[tuple[str, ...]] = ("fine-tuned",)
    labels: ClassVar[dict[str, Label]] = {"auc": Label(column="auc", unit="AUC after fine-tuning")}
    proxies: ClassVar[dict[str, Label]] = {
        "leep": Label(column="leep", unit="LEEP (Nguyen et al., 2020)"),
        "logme": Label(column="logme", unit="LogME (You et al., 2021)"),
        "nleep": Label(column="nleep", unit="NLEEP (Li et al., 2021)"),
        "ncti": Label(column="ncti", unit="NCTI (Wang et al., 2023)"),
        "lp": Label(column="lp", unit="linear probe on the source network's frozen features"),
    }
