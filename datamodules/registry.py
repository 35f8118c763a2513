"""Datasets by name, and a matrix of one's own by its path."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from datamodules.cogtaskonomy import CogTaskonomyDataModule
from datamodules.errors import UserError, unknown_name
from datamodules.hub import fetch, is_hub
from datamodules.medmnist import MedMNISTDataModule
from datamodules.mini_vision import MiniVisionDataModule
from datamodules.prompt_transfer import PromptTransferDataModule
from datamodules.published import PublishedDataModule
from datamodules.source import AffinityTable
from datamodules.taskonomy import TaskonomyDataModule
from datamodules.user_checks import check_benchable
from datamodules.user_table import read_user_table

DATASETS: dict[str, type[PublishedDataModule]] = {
    source.dataset: source
    for source in (
        TaskonomyDataModule,
        PromptTransferDataModule,
        MedMNISTDataModule,
        CogTaskonomyDataModule,
        MiniVisionDataModule,
    )
}


class Source(Protocol):
    """Where tables come from: a dataset's datamodule class, or a matrix of one's own."""

    @property
    def dataset(self) -> str:
        """The dataset's name."""
        ...

    @property
    def regimes(self) -> tuple[str, ...]:
        """Its matrices, the headline one first."""
        ...

    @property
    def labels(self) -> Iterable[str]:
        """Its figures, the headline one first."""
        ...

    def read(self, *, regime: str, label: str) -> AffinityTable:
        """Read one matrix by regime and label."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwnMatrix:
    """A user's matrix, to be benchmarked.

    Attributes:
        location: path of a CSV or Parquet file (see :func:`datamodules.user_table.read_user_table`), a
            folder that is a Hugging Face dataset, or ``hf://owner/name``.
        lower_is_better: the values are errors or losses.
        tasks: what is known of the tasks.
    """

    location: str
    lower_is_better: bool = False
    tasks: Path | None = None

    regimes: ClassVar[tuple[str, ...]] = ("own",)
    labels: ClassVar[tuple[str, ...]] = ("value",)

    @property
    def dataset(self) -> str:
        """The last part of the location without its ending."""
        return Path(self.location).stem

    def read(self, *, regime: str, label: str) -> AffinityTable:
        """Read the matrix.

        Args:
            regime: ``own``.
            label: ``value``.

        Returns:
            The table.

        Raises:
            UserError: for mistakes in the files, a matrix too small to be benchmarked, or another regime or
                label.
        """
        for kind, name, known in (("regime", regime, self.regimes), ("label", label, self.labels)):
            if name not in known:
                raise unknown_name(kind, name, known)
        with tempfile.TemporaryDirectory() as folder:
            path = fetch(self.location, Path(folder)) if is_hub(self.location) else Path(self.location)
            table = read_user_table(path, lower_is_better=self.lower_is_better, tasks=self.tasks)
        check_benchable(table)
        return table


def find_source(name: str, *, lower_is_better: bool = False, tasks: Path | None = None) -> Source:
    """Look a dataset up, or take the path of a matrix.

    Args:
        name: key of ``DATASETS``, or a location as in :class:`OwnMatrix`: it has a folder or an ending in it.
        lower_is_better: for a matrix of one's own: the values are errors or losses.
        tasks: likewise: what is known of the tasks.

    Returns:
        Where to read tables from.

    Raises:
        UserError: for an unknown name, or options that a published dataset does not take.
    """
    path = Path(name)
    if name not in DATASETS and (path.suffix or len(path.parts) > 1):
        return OwnMatrix(location=name, lower_is_better=lower_is_better, tasks=tasks)
    if name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS)
    if lower_is_better or tasks:
        raise UserError(
            f"lower_is_better and tasks are for a matrix of your own, and '{name}' is a published dataset: "
            "leave them out"
        )
    return DATASETS[name]
