"""The strategy being checked, and states of a published matrix that it is asked about."""

from dataclasses import replace

import numpy as np

from benchmark.running.trainer import use_threads_for
from benchmark.smoke.guard import Guard
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.registry import DATASETS
from lit_models.loading.class_path import full_path
from lit_models.loading.class_source import source_file
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.tracks.campaign.replay import showing

SEED = 0
_MEASURED, _PENDING, _FAILED = 0.4, 6, 6


class StrategySubject:
    """A strategy and the data that it is checked on.

    Args:
        kind: its class.
        guard: records the strategy's side effects.

    Attributes:
        known: [N, N] bool, transfers that are measured: four in ten.
        pending: [N, N] bool, six that are under way.
        candidates: [N, N] bool, the others, but for six that failed.
    """

    def __init__(self, kind: type[PlanStrategy], *, guard: Guard) -> None:
        self.kind = kind
        self.guard = guard
        self.file = guard.file = source_file(kind)
        eligible = self.truth().eligible
        use_threads_for(len(eligible))
        places = np.random.default_rng(SEED).permutation(np.argwhere(eligible))
        measured = round(_MEASURED * len(places))
        ends = np.cumsum([measured, _PENDING, _FAILED])
        self.known, self.pending, self.failed, self.candidates = (
            _mask(eligible, part) for part in np.split(places, ends)
        )

    @property
    def title(self) -> str:
        """What is checked."""
        return f"{self.kind.__name__}, from {full_path(self.kind)}"

    @property
    def knows_tasks_by_identity(self) -> bool:
        """Whether the class declares that the order of the tasks matters."""
        return bool(getattr(self.kind, "knows_tasks_by_identity", False))

    def truth(self) -> AffinityTable:
        """The whole matrix; nothing here holds it, so that there is one at a time that could be found."""
        return DATASETS["taskonomy"].read()

    def other_truth(self) -> AffinityTable:
        """A matrix that differs where nothing is measured."""
        truth = self.truth()
        dealt = np.random.default_rng(SEED).permutation(truth.value[~self.known & truth.eligible])
        value = truth.value.copy()
        value[~self.known & truth.eligible] = dealt
        return replace(truth, value=value)

    def state(self, *, seed: int = SEED, warm: bool = True) -> PlanState:
        """The state that most checks ask about."""
        return self.state_of(self.truth(), seed=seed, warm=warm)

    def state_of(self, truth: AffinityTable, *, seed: int = SEED, warm: bool = True) -> PlanState:
        """What is measured of a matrix.

        Args:
            truth: the matrix.
            seed: seed of the strategy's draws.
            warm: make what models think of it beforehand, so that the files that this opens are not taken for
                the strategy's.
        """
        return self.state_with(
            showing(truth, self.known),
            pending=self.pending,
            candidates=self.candidates,
            seed=seed,
            warm=warm,
        )

    def states(self) -> dict[str, PlanState]:
        """States of every kind, by what is special about them."""
        truth = self.truth()
        nothing = np.zeros_like(self.known)
        one_target = nothing.copy()
        target = int(np.flatnonzero(truth.eligible.any(0))[0])
        one_target[:, target] = truth.eligible[:, target]
        return {
            "partly measured": self.state_of(truth),
            "nothing measured": self.state_with(
                showing(truth, nothing), pending=nothing, candidates=truth.eligible
            ),
            "a new target": self.state_with(
                showing(truth, truth.eligible & ~one_target), pending=nothing, candidates=one_target
            ),
        }

    def gains(self, state: PlanState) -> FloatMatrix:
        """What a new instance says of a state, [N, N]."""
        return np.asarray(self.kind().gains(state), dtype=np.float64)

    @staticmethod
    def state_with(
        shown: AffinityTable,
        *,
        pending: BoolMatrix,
        candidates: BoolMatrix,
        seed: int = SEED,
        warm: bool = True,
    ) -> PlanState:
        """A state of a matrix of which only what is measured is there."""
        models = Models(shown)
        if warm:
            _ = models.network.below, models.network.scale, models.columns
        return PlanState(
            models=models, pending=pending.copy(), candidates=candidates.copy(), shared=3, seed=seed
        )


def _mask(eligible: BoolMatrix, places: np.ndarray) -> BoolMatrix:
    mask = np.zeros_like(eligible)
    mask[tuple(places.T)] = True
    return mask


def renamed(state: PlanState, order: np.ndarray) -> PlanState:
    """The state with its tasks in another order."""
    table, both = state.table, np.ix_(order, order)
    shown = replace(
        table,
        value=table.value[both],
        eligible=table.eligible[both],
        groups=tuple(table.groups[task] for task in order),
        kinds=tuple(table.kinds[task] for task in order),
        features=None if table.features is None else table.features[order],
        vectors={name: vectors[order] for name, vectors in table.vectors.items()},
        similarities={name: matrix[both] for name, matrix in table.similarities.items()},
        pairs={name: matrix[both] for name, matrix in table.pairs.items()},
    )
    return StrategySubject.state_with(
        shown, pending=state.pending[both], candidates=state.candidates[both], seed=state.seed
    )
