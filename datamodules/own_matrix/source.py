"""A user's own matrix as a source of tables, with the interface of a shipped dataset."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from datamodules.affinity_table import AffinityTable
from datamodules.errors import unknown_name
from datamodules.own_matrix.checks import check_benchable
from datamodules.own_matrix.grid import name_of
from datamodules.own_matrix.hub import fetch, is_hub
from datamodules.own_matrix.reading import HowToRead, Reading
from datamodules.own_matrix.table import read_file, read_file_to_recover


@dataclass(frozen=True, kw_only=True)
class OwnMatrix:
    """A user's own matrix to benchmark models on.

    Attributes:
        location: path of a file (see :func:`datamodules.own_matrix.table.read_file`), a folder with a Hugging
            Face dataset, or ``hf://owner/name``.
        how: how to read it.
    """

    location: str
    how: HowToRead = field(default_factory=HowToRead)

    regimes: ClassVar[tuple[str, ...]] = ("own",)
    labels: ClassVar[tuple[str, ...]] = ("value",)

    @property
    def name(self) -> str:
        """The last part of the location, without its ending."""
        path = Path(self.location)
        return path.resolve().name if path.is_dir() else name_of(path)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the owner should know about how the matrix was read: its size first."""
        return self._reading.remarks

    @cached_property
    def _reading(self) -> Reading:
        """Read once: a file may be large, and the Hub slow."""
        reading = self._read(read_file)
        check_benchable(reading.table)
        return reading

    def _read(self, read: Callable[[Path, HowToRead], Reading]) -> Reading:
        with tempfile.TemporaryDirectory() as folder:
            path = fetch(self.location, Path(folder)) if is_hub(self.location) else Path(self.location)
            return read(path, self.how)

    def read_to_recover(self) -> Reading:
        """Read the matrix with its blank cells, to be recovered; see :func:`read_file_to_recover`."""
        return self._read(read_file_to_recover)

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
        return self._reading.table
