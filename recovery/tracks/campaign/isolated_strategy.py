"""A submitted strategy as the replay sees it: its code runs in workers, which hold what is measured only."""

from pydantic import BaseModel, ConfigDict, Field

from benchmark.isolation.answer import claims_of, float_array
from benchmark.isolation.confine import Limits
from benchmark.isolation.exchange import Message
from benchmark.isolation.worker import Code, WorkerError, ask
from benchmark.running.memory.budget import MemoryBudget
from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import Models, PlanState, PlanStrategy
from recovery.tracks.campaign.state_message import pack_state

_BYTES = 8  # of a float64
_SLACK_BYTES = 2**22
_MOST_BYTES = 2**28  # of the gains in one answer


class _Claims(BaseModel):
    """The plain values of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    cpu_seconds: float = Field(ge=0)


class IsolatedStrategy(PlanStrategy):
    """Asks a new worker for every batch of runs.

    The worker is told how many runs the batch has, and answers for all of them at once: what runs are worth,
    and what they are worth once the best one is pending, and so on. The campaign picks by that, out here.

    Args:
        code: of the strategy.
        ahead: how many runs a batch has, at most.
        limit_seconds: time limit of a batch.

    Attributes:
        cpu_seconds: CPU time of all workers so far, as they claim.
    """

    def __init__(self, code: Code, *, ahead: int, limit_seconds: float) -> None:
        self.cpu_seconds = 0.0
        self._code = code
        self._ahead = ahead
        self._limit_seconds = limit_seconds
        self._models: Models | None = None
        self._answers: dict[bytes, FloatMatrix] = {}

    def gains(self, state: PlanState) -> FloatMatrix:
        """What the worker says every run is worth, [N, N].

        Raises:
            UserError: if its gains are not usable.
            WorkerError: if it fails, takes too much, ends early, or returns something else.
        """
        asked = state.pending.tobytes()
        if state.models is not self._models or asked not in self._answers:
            self._ask(state)
        return self._answers[asked]

    def _ask(self, state: PlanState) -> None:
        tasks = len(state.pending)
        ahead = max(1, min(self._ahead, _MOST_BYTES // (_BYTES * tasks**2), int(state.candidates.sum())))
        question = pack_state(state)
        question.values["ahead"] = ahead
        answer = ask(
            self._code,
            Message(*question),
            job="recovery.tracks.campaign.jobs:gains",
            limits=Limits(
                seconds=self._limit_seconds,
                memory_bytes=MemoryBudget().cell_bytes(accelerator="cpu"),
                file_bytes=_BYTES * ahead * tasks**2 + _SLACK_BYTES,
            ),
        )
        self.cpu_seconds += claims_of(answer, _Claims).cpu_seconds
        gains = float_array(answer, "gains", (ahead, tasks, tasks)).numpy()
        places = answer.arrays.get("picked")
        if places is None or places.shape != (ahead, 2) or not ((places >= 0) & (places < tasks)).all():
            raise WorkerError(f"the worker returned no {ahead} picks")
        self._models, self._answers = state.models, {}
        pending = state.pending.copy()
        for found, (source, target) in zip(gains, places.tolist(), strict=True):
            self._answers[pending.tobytes()] = found
            pending[int(source), int(target)] = True


def worker_seconds(strategy: PlanStrategy) -> float:
    """CPU time that a strategy took outside of this process."""
    return strategy.cpu_seconds if isinstance(strategy, IsolatedStrategy) else 0.0
