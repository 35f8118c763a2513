"""Episodes of a dataset that is named, or of a matrix of one's own that a path names."""

from collections.abc import Sequence

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.registry import find_source
from datamodules.splits.protocol import Mask, Setting
from datamodules.standardise import Scale


class DatasetDataModule(AffinityDataModule):
    """Episodes of one matrix of a dataset.

    Args:
        dataset: name of a dataset, or path of a matrix; see :func:`datamodules.registry.find_source`.
        regime: one of the dataset's matrices; the headline one when omitted.
        label: one of its labels; the headline one when omitted.
        setting: see :class:`AffinityDataModule`, as for the arguments below.
        mask: share of hidden entries.
        numbers: which splits.
        z: task embeddings.
        scale: how targets are standardised.
        proxy: one of the dataset's figures that are known without measuring a transfer.
        development: splits that no board uses.
        train_on_validation: reveal the validation entries for training.

    Raises:
        UserError: for an unknown name, or mistakes in the files.
    """

    def __init__(
        self,
        *,
        dataset: str,
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
            table=find_source(dataset).read(regime=regime, label=label),
            setting=setting,
            mask=mask,
            numbers=numbers,
            z=z,
            scale=scale,
            proxy=proxy,
            development=development,
            train_on_validation=train_on_validation,
        )
