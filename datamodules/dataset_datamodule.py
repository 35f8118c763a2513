"""Lightning datamodule of a shipped dataset or a user's own matrix."""

from collections.abc import Sequence
from pathlib import Path

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.registry import find_source
from datamodules.splits.protocol import Mask, Setting
from datamodules.standardise import Scale


class DatasetDataModule(AffinityDataModule):
    """Serves one matrix of a dataset as episodes.

    Args:
        dataset: name of a dataset, or path of a matrix; see :func:`datamodules.registry.find_source`.
        regime: one of the dataset's matrices; the headline regime if omitted.
        label: one of the dataset's labels; the headline label if omitted.
        setting: ``transductive`` or ``inductive``; see :class:`AffinityDataModule` for this and the arguments
            below.
        mask: missing ratio.
        numbers: splits to serve; all if omitted.
        z: task embeddings.
        scale: standardisation of the affinities per target.
        pairs: pair features: ``none``, ``all``, or the name of one of the dataset's.
        development: serve development splits.
        train_on_validation: train on the validation entries too.
        lower_is_better: for your own matrix, as the arguments below; see
            :class:`datamodules.own_matrix.reading.HowToRead`.
        tasks_file: file with groups, kinds and numbers of its tasks.
        pairs_file: file with features of its pairs of tasks.
        columns: the columns of a long table under other names.
        transpose: the rows of a wide table are targets.

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
        pairs: str = "none",
        development: bool = False,
        train_on_validation: bool = False,
        lower_is_better: bool = False,
        tasks_file: Path | None = None,
        pairs_file: Path | None = None,
        columns: str = "",
        transpose: bool = False,
    ) -> None:
        source = find_source(
            dataset,
            lower_is_better=lower_is_better,
            tasks=tasks_file,
            pairs=pairs_file,
            columns=columns,
            transpose=transpose,
        )
        super().__init__(
            table=source.read(regime=regime, label=label),
            setting=setting,
            mask=mask,
            numbers=numbers,
            z=z,
            scale=scale,
            pairs=pairs,
            development=development,
            train_on_validation=train_on_validation,
        )
