"""What a strategy is, and what it sees."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.posteriors.gaussian_columns import GaussianColumns
from recovery.posteriors.network import NetworkPosterior


@dataclass(frozen=True)
class Models:
    """What models make of a partly measured matrix, each computed once it is asked for.

    Attributes:
        table: the matrix, NaN where not measured.
    """

    table: AffinityTable

    @cached_property
    def network(self) -> NetworkPosterior:
        """The prior-fitted network's distributions."""
        return NetworkPosterior.read(self.table)

    @cached_property
    def columns(self) -> GaussianColumns:
        """A Gaussian process over sources."""
        known = self.table.eligible & np.isfinite(self.table.value)
        return GaussianColumns.fit(self.table.value, known)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanState:
    """What is known when the next run is picked.

    Attributes:
        models: what models make of the measured values; shared while more runs are picked.
        pending: [N, N] bool, runs that are planned or under way: their values are not known yet.
        candidates: [N, N] bool, the runs to choose from.
        shared: how many sources are to be trained at all, for the goal ``shared-sources``.
        seed: seed of draws.
    """

    models: Models
    pending: BoolMatrix
    candidates: BoolMatrix
    shared: int
    seed: int

    @property
    def table(self) -> AffinityTable:
        """The matrix, source × target, higher is better; NaN where not measured."""
        return self.models.table

    @property
    def known(self) -> BoolMatrix:
        """[N, N] bool, measured transfers."""
        return self.table.eligible & np.isfinite(self.table.value)

    @property
    def rng(self) -> np.random.Generator:
        """Draws for this pick: the same for the same seed and number of runs, whatever was drawn before."""
        return np.random.default_rng([self.seed, int(self.known.sum()), int(self.pending.sum())])

    def with_pending(self, source: int, target: int) -> Self:
        """The state once a run is under way."""
        pending, candidates = self.pending.copy(), self.candidates.copy()
        pending[source, target], candidates[source, target] = True, False
        return replace(self, pending=pending, candidates=candidates)


class PlanStrategy(ABC):
    """Says what each run would be worth; the planner takes the one that is worth most for its cost.

    A strategy is made without arguments and keeps nothing between calls. Gains follow the tasks to another
    order, unless a class sets ``knows_tasks_by_identity = True``.
    """

    @abstractmethod
    def gains(self, state: PlanState) -> FloatMatrix:
        """What every run would be worth.

        It is asked again after every pick, with that run pending, so that the runs of a batch complement each
        other.

        Args:
            state: what is known. Nothing else may be read.

        Returns:
            [N, N] float64 ≥ 0, source × target; read where ``state.candidates``. Among runs that are worth
            the same for their cost, one is drawn.
        """
