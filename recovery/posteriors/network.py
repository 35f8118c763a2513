"""What the prior-fitted network makes of a partly measured matrix: a distribution for every transfer."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import torch

from benchmark.running.fit_model import data_for
from datamodules.affinity_table import AffinityTable
from datamodules.graph import TaskGraph
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.splits.protocol import Split
from datamodules.standardise import z_scores
from lit_models.layers.bar_distribution import TAIL, edges
from lit_models.prior_fitted import PriorFitted
from lit_models.registry import load_model
from recovery.target_units import FloatVector, target_units

IntVector = npt.NDArray[np.int64]

# Beyond, sources and targets are read in parts: a cell costs the more, the more tasks are read with it.
MOST_TASKS = 150


def _points() -> FloatVector:
    """Where distributions are known: the edges of the bars, and where their tails are taken to end."""
    inner = edges(torch.float64).numpy()
    ends = inner[[0, -1]] + 2 * TAIL * np.array([-1.0, 1.0])
    return np.concatenate([ends[:1], inner, ends[1:]])


POINTS = _points()
WIDTHS = np.diff(POINTS)
CENTRES = (POINTS[1:] + POINTS[:-1]) / 2


@dataclass(frozen=True, eq=False)
class NetworkPosterior:
    """Distributions of all transfers, in z-scores of their target; see :mod:`lit_models.prior_fitted`.

    Attributes:
        known: [N, N] bool, the measured transfers.
        score: [N, N] float64, their z-scores; 0 elsewhere.
        mass: [N, N, 42] float32, probability between each two points.
        level: [N] float64, what a z-score of 0 is in the table's unit.
        unit: [N] float64, what a z-score of 1 adds.
    """

    known: BoolMatrix
    score: FloatMatrix
    mass: npt.NDArray[np.float32]
    level: FloatVector
    unit: FloatVector

    @classmethod
    def read(cls, table: AffinityTable) -> Self:
        """Read a partly measured matrix.

        Args:
            table: the matrix, NaN where not measured; its pair features are read as well.

        Returns:
            The distributions.
        """
        known = table.eligible & np.isfinite(table.value)
        graph = _graph(table, known)
        tasks = len(known)
        mass = np.zeros((tasks, tasks, len(WIDTHS)), dtype=np.float32)
        for sources, targets in _parts(table.eligible):
            both = np.union1d(sources, targets)
            read = _read(_part(graph, torch.from_numpy(both)))
            rows, columns = np.searchsorted(both, sources), np.searchsorted(both, targets)
            mass[np.ix_(sources, targets)] = read[np.ix_(rows, columns)]
        units = target_units(table.value, known)
        score = np.where(known, z_scores(table.value, known), 0.0)
        return cls(known, score, mass, units.level, units.unit)

    @cached_property
    def mean(self) -> FloatMatrix:
        """Expected z-scores, measured ones as they are: [N, N] float64."""
        return np.where(self.known, self.score, self.mass @ CENTRES)

    @cached_property
    def scale(self) -> FloatMatrix:
        """Standard deviations, [N, N] float64; 0 where measured."""
        expected = self.mass @ CENTRES
        second = self.mass @ (np.square(CENTRES) + np.square(WIDTHS) / 12)
        return np.where(self.known, 0.0, np.sqrt(np.maximum(second - np.square(expected), 0.0)))

    @cached_property
    def below(self) -> npt.NDArray[np.float32]:
        """Probability of less than each centre, [N, N, 42] float32: 0 or 1 where measured."""
        below = np.minimum(np.cumsum(self.mass, -1) - self.mass / 2, 1.0)
        exceeded = self.score[..., None] < CENTRES
        return np.where(self.known[..., None], exceeded, below).astype(np.float32)


def _graph(table: AffinityTable, known: BoolMatrix) -> TaskGraph:
    model = load_model("prior-fitted+pairs" if table.pairs else "prior-fitted")
    nothing, none_new = np.zeros_like(known), np.zeros(len(known), dtype=bool)
    split = Split(0, 0, known, nothing, table.eligible & ~known, none_new)
    data = data_for(model, table, setting="transductive", splits=[split])
    return data.episode(0, stage="predict").graph


def _parts(eligible: BoolMatrix) -> Iterator[tuple[IntVector, IntVector]]:
    """Sources and targets to read together: all, unless there are too many."""
    sources, targets = (np.flatnonzero(eligible.any(side)) for side in (1, 0))
    if len(eligible) <= MOST_TASKS:
        yield sources, targets
        return
    of_targets = -(-len(targets) // (MOST_TASKS // 2))
    for own in range(of_targets):
        some = targets[own::of_targets]
        of_sources = -(-len(sources) // (MOST_TASKS - len(some)))
        for part in range(of_sources):
            yield sources[part::of_sources], some


def _part(graph: TaskGraph, tasks: torch.Tensor) -> TaskGraph:
    """The graph of some of the tasks."""
    cells = ("affinity", "observed", "eligible", "query", "edge_attr")
    return graph._replace(
        x=graph.x[tasks],
        group=graph.group[tasks],
        **{name: getattr(graph, name)[tasks][:, tasks] for name in cells},
    )


def _read(graph: TaskGraph) -> npt.NDArray[np.float32]:
    """Probabilities of the bars, [N, N, 42]."""
    with torch.no_grad():
        reading = PriorFitted(len(graph.x), graph.x.shape[-1]).reading(graph)
        mass: npt.NDArray[np.float32] = reading.value.log_mass.exp().numpy()
    return mass
