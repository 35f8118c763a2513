"""A measured affinity matrix as the list of its measured cells, for model hubs too large for a matrix."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError

Indices = npt.NDArray[np.int32]
Values = npt.NDArray[np.float32]

RANKABLE = 2  # measured cells that a target needs before anything about it can be ranked or standardised


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SparseAffinityTable:
    """E measured transfers from S sources to T targets in coordinates (COO): memory grows with E, not S × T.

    A name on both sides is one task, as in a table of tasks × tasks; with no such name the table is
    bipartite, as a zoo of models × data sets. The cells are put in the order of targets, then of sources, so
    that what is drawn or split by a seed does not depend on the order of a file's rows. The arrays cannot be
    written to.

    Args:
        name: the dataset's name.
        unit: the affinity's unit, in words.
        source_names: S unique names.
        target_names: T unique names.
        source: [E] integers in [0, S), the source of each cell.
        target: [E] integers in [0, T), its target.
        value: [E] numbers, its affinity, higher is better; kept as float32.

    Attributes:
        source: [E] int32.
        target: [E] int32, ascending.
        value: [E] float32.

    Raises:
        UserError: for arrays that do not fit together, an index out of range, a value that is not finite, a
            name or a pair that stands twice, a task as its own source, and no target with two cells.

    >>> table = SparseAffinityTable(name="zoo", unit="accuracy", source_names=("a", "b"), target_names=("t",),
    ...                             source=[1, 0], target=[0, 0], value=[0.5, 0.75])
    >>> table, table.source.tolist(), table.value.tolist()
    (SparseAffinityTable(zoo: 2 sources × 1 targets, 2 cells measured, 1 of all), [0, 1], [0.75, 0.5])
    """

    name: str
    unit: str
    source_names: tuple[str, ...]
    target_names: tuple[str, ...]
    source: Indices
    target: Indices
    value: Values

    def __post_init__(self) -> None:
        """Check the cells and put them in order."""
        for side, names in (("source", self.source_names), ("target", self.target_names)):
            if len(set(names)) < len(names):
                twice = next(name for name, times in Counter(names).items() if times > 1)
                raise UserError(
                    f"{self.name}: the {side} {twice!r} stands twice. Give every {side} one name."
                )
        source = self._indices("source", self.source, len(self.source_names))
        target = self._indices("target", self.target, len(self.target_names))
        value = np.asarray(self.value, dtype=np.float32)
        if not source.shape == target.shape == value.shape or source.ndim != 1 or not len(source):
            raise UserError(
                f"{self.name}: sources {source.shape}, targets {target.shape} and values {value.shape} must "
                "be lists of one length, at least 1: one entry a measured cell."
            )
        key = target * np.int64(len(self.source_names)) + source
        if (key[1:] <= key[:-1]).any():
            order = np.argsort(key, kind="stable")
            key, source, target, value = key[order], source[order], target[order], value[order]
        for name, array in (("source", source), ("target", target), ("value", value)):
            kept = np.array(array, dtype=np.float32 if name == "value" else np.int32)
            kept.setflags(write=False)
            object.__setattr__(self, name, kept)
        self._check_cells(repeated=np.flatnonzero(key[1:] == key[:-1]))

    def _indices(self, side: str, given: Sequence[int] | Indices, count: int) -> npt.NDArray[np.int64]:
        indices = np.asarray(given)
        if indices.size and not np.issubdtype(indices.dtype, np.integer):
            raise UserError(f"{self.name}: {side} must hold whole numbers, not {indices.dtype}.")
        indices = indices.astype(np.int64, copy=False)
        outside = np.flatnonzero((indices < 0) | (indices >= count))
        if outside.size:
            raise UserError(
                f"{self.name}: {side} {int(indices[outside[0]])} of cell {int(outside[0])} is out of range: "
                f"there are {count} {side} names, from 0."
            )
        return indices

    def _check_cells(self, repeated: npt.NDArray[np.int64]) -> None:
        bad = np.flatnonzero(~np.isfinite(self.value))
        if bad.size:
            raise UserError(
                f"{self.name}: the value of {self._pair(bad[0])} is {self.value[bad[0]]}. Leave out what was "
                "not measured; values must fit into 32 bits."
            )
        if repeated.size:
            raise UserError(
                f"{self.name}: {self._pair(repeated[0])} stands twice, as do {len(repeated) - 1:,} more. "
                "Keep one value a pair, for example the mean of its runs."
            )
        own = np.flatnonzero(self.source_task[self.source] == self.target_task[self.target])
        if own.size:
            raise UserError(
                f"{self.name}: {self._pair(own[0])} is a task's transfer to itself, as are "
                f"{len(own) - 1:,} more. Leave such cells out."
            )
        if self.cells_per_target.max() < RANKABLE:
            raise UserError(
                f"{self.name}: no target has {RANKABLE} measured cells, so there is nothing to rank. Measure "
                "more sources of the same targets."
            )

    def _pair(self, cell: np.int64) -> str:
        source, target = int(self.source[cell]), int(self.target[cell])
        return f"{self.source_names[source]!r} -> {self.target_names[target]!r}"

    def __repr__(self) -> str:
        sources, targets = len(self.source_names), len(self.target_names)
        return (
            f"SparseAffinityTable({self.name}: {sources:,} sources × {targets:,} targets, "
            f"{len(self.value):,} cells measured, {len(self.value) / (sources * targets):.3g} of all)"
        )

    @cached_property
    def task_names(self) -> tuple[str, ...]:
        """N names: all sources, then the targets that are no sources."""
        return tuple(dict.fromkeys(self.source_names + self.target_names))

    @cached_property
    def source_task(self) -> Indices:
        """[S] int32, where each source stands among the tasks: 0, ..., S − 1."""
        return np.arange(len(self.source_names), dtype=np.int32)

    @cached_property
    def target_task(self) -> Indices:
        """[T] int32, where each target stands among the tasks."""
        index = {name: task for task, name in enumerate(self.task_names)}
        return np.array([index[name] for name in self.target_names], dtype=np.int32)

    @cached_property
    def cells_per_source(self) -> npt.NDArray[np.int64]:
        """[S] int64, measured cells of each source."""
        return np.bincount(self.source, minlength=len(self.source_names))

    @cached_property
    def cells_per_target(self) -> npt.NDArray[np.int64]:
        """[T] int64, measured cells of each target."""
        return np.bincount(self.target, minlength=len(self.target_names))

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names, cells and every digit of their values, whatever order they were given in."""
        digest = hashlib.sha256()
        for words in ((self.name,), self.source_names, self.target_names):
            digest.update(repr(words).encode())
        for array, kind in ((self.source, "<i4"), (self.target, "<i4"), (self.value, "<f4")):
            digest.update(array.astype(kind).tobytes())
        return digest.hexdigest()
