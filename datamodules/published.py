"""What all published datasets share: regimes and labels to choose from, and a folder of figures."""

from collections.abc import Sequence
from typing import ClassVar

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.source import AffinityTable, Label, read_table
from datamodules.splits import Mask, Setting
from datamodules.standardise import Scale


class PublishedDataModule(AffinityDataModule):
    """Episodes of a committed matrix; the card in ``tables/<dataset>/README.md`` says what its figures are.

    Args:
        regime: one of ``regimes``; the headline one when omitted.
        label: one of ``labels``; the headline one when omitted.
        setting: see :class:`AffinityDataModule`, as for the arguments below.
        mask: share of hidden entries.
        numbers: which splits.
        z: task embeddings.
        scale: how targets are standardised.
        proxy: one of ``proxies``.
        development: splits that no board uses.
        train_on_validation: reveal the validation entries for training.

    Attributes:
        dataset: name, and folder under ``tables``.
        regimes: its matrices, the headline one first.
        labels: its figures, the headline one first.
        proxies: its figures that are known without measuring a transfer.
        pseudo_sources: rows or columns of the table that are not tasks.
        retests: those of its regimes that measure one and the same matrix, with other images or fewer.
    """

    dataset: ClassVar[str]
    regimes: ClassVar[tuple[str, ...]]
    labels: ClassVar[dict[str, Label]]
    proxies: ClassVar[dict[str, Label]] = {}
    pseudo_sources: ClassVar[tuple[str, ...]] = ()
    retests: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *,
        regime: str | None = None,
        label: str | None = None,
        setting: Setting = "transductive",
        mask: Mask = "1/3",
        numbers: Sequence[int] | None = None,
        z: Z = "none",
        scale: Scale = "zscore",
        proxy: str = "none",
        development: bool = False,
        train_on_validation: bool = False,
    ) -> None:
        super().__init__(
            table=self.read(regime=regime or self.regimes[0], label=label or next(iter(self.labels))),
            setting=setting,
            mask=mask,
            numbers=numbers,
            z=z,
            scale=scale,
            proxy=proxy,
            development=development,
            train_on_validation=train_on_validation,
        )

    @classmethod
    def read(cls, *, regime: str, label: str) -> AffinityTable:
        """Read one matrix of this dataset.

        Args:
            regime: one of ``regimes``.
            label: one of ``labels``.

        Returns:
            The table.

        Raises:
            UserError: for an unknown regime or label.
        """
        return read_table(
            cls.dataset,
            regime=regime,
            label=label,
            labels=cls.labels,
            pseudo_sources=cls.pseudo_sources,
            proxies=cls.proxies,
        )
