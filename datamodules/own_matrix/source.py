"""A user's own matrix as a source of tables, with the interface of a shipped dataset."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from datamodules.affinity_table import AffinityTable
from datamodules.errors import unknown_name
from datamodules.own_matrix.checks import check_benchable
from datamodules.own_matrix.hub import fetch, is_hub
from datamodules.own_matrix.table import read_own_table, read_table_to_recover


@dataclass(frozen=True, kw_only=True)
class OwnMatrix:
    """A user's own matrix to benchmark models on.

    Attributes:
        location: path of a CSV or Parquet file (see :func:`datamodules.own_matrix.table.read_own_table`), a
            folder with a Hugging Face dataset, or ``hf://owner/name``.
        lower_is_better: whether the values are errors or losses.
        tasks: path of a file with task metadata; None for none.
        pairs: path of a file with pair features; None for none.
    """

    location: str
    lower_is_better: bool = False
    tasks: Path | None = None
    pairs: Path | None = None

    regimes: ClassVar[tuple[str, ...]] = ("own",)
    labels: ClassVar[tuple[str, ...]] = ("value",)

    @property
    def name(self) -> str:
        """The last part of the location, without its ending."""
        return Path(self.location).stem

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read the matrix.

        Args:
            regime: ``own`` or None.
            label: ``value`` or None.

        Returns:
            The table.

        Raises:
            UserError: for mistakes in the files, a matrix too small for a benchmark, or another regime or
                label.
        """
        for kind, name, known in (("regime", regime, self.regimes), ("label", label, self.labels)):
            if name is not None and name not in known:
                raise unknown_name(kind, name, known)
        table = self._read(read_own_table)
        check_benchable(table)
        return table

    def read_to_recover(self) -> AffinityTable:
        """Read the matrix with its blank cells, to be recovered; see :func:`read_table_to_recover`."""
        return self._read(read_table_to_recover)

    def _read(self, read: Callable[..., AffinityTable]) -> AffinityTable:
        with tempfile.TemporaryDirectory() as folder:
            path = fetch(self.location, Path(folder)) if is_hub(self.location) else Path(self.location)
            return read(path, lower_is_better=self.lower_is_better, tasks=self.tasks, pairs=self.pairs)
