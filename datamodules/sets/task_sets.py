"""Measured task sets beside the matrix of single transfers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix

IntVector = npt.NDArray[np.int64]
FloatVector = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class TaskSets:
    """M transfers from several sources at once, each a hyperedge with a head: its target.

    Attributes:
        table: the single transfers between the same N tasks; its unit is that of ``value``.
        members: [M, N] bool, the sources of each set, two or more; never the target.
        target: [M] int64, index of the target.
        value: [M] float64, finite, higher is better.
        run: [M] int64, which training run measured it: tasks trained together share one.
    """

    table: AffinityTable
    members: BoolMatrix
    target: IntVector
    value: FloatVector
    run: IntVector

    def __repr__(self) -> str:
        return (
            f"TaskSets({self.table.name}: {len(self.target)} sets of {self.size.min()} to {self.size.max()})"
        )

    @property
    def size(self) -> IntVector:
        """[M] int64, number of sources of each set."""
        size: IntVector = self.members.sum(1)
        return size

    @property
    def best_member(self) -> FloatVector:
        """[M] float64, the largest single affinity of the set's sources; NaN where none was measured."""
        single = np.where(self.members, self.table.value.T[self.target], np.nan)
        best: FloatVector = np.fmax.reduce(single, axis=1)
        return best

    def names(self, row: int) -> list[str]:
        """Names of the sources of one set, in the table's order."""
        return [self.table.task_names[task] for task in np.flatnonzero(self.members[row])]

    @property
    def hash(self) -> str:
        """SHA-256 over the table's hash and every set."""
        digest = hashlib.sha256(self.table.hash.encode())
        digest.update(np.packbits(self.members, axis=1).tobytes())
        for field, kind in ((self.target, "<i8"), (self.value, "<f8"), (self.run, "<i8")):
            digest.update(field.astype(kind).tobytes())
        return digest.hexdigest()


def make_sets(
    table: AffinityTable,
    *,
    sources: Sequence[Sequence[str]],
    target: Sequence[str],
    value: FloatVector,
    together: bool,
) -> TaskSets:
    """Make task sets from names.

    Args:
        table: the single transfers between the same tasks.
        sources: names of the sources of each of M sets.
        target: M names.
        value: [M] float64.
        together: whether the tasks of a set, its target among them, are trained in one run that measures all
            of them; otherwise every set has a run of its own.

    Returns:
        The sets.
    """
    place = {name: task for task, name in enumerate(table.task_names)}
    members = np.zeros((len(target), len(place)), dtype=bool)
    for row, names in enumerate(sources):
        members[row, [place[name] for name in names]] = True
    heads = np.array([place[name] for name in target], dtype=np.int64)
    run = np.arange(len(heads))
    if together:
        tasks = members.copy()
        tasks[run, heads] = True
        run = np.unique(np.packbits(tasks, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    return TaskSets(table=table, members=members, target=heads, value=value, run=run)
