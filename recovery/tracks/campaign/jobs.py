"""Jobs of strategies in a worker: say what they are, and what runs are worth."""

import time
from pathlib import Path

import numpy as np
import torch

from benchmark.isolation.exchange import Message
from datamodules.matrix_types import FloatMatrix
from recovery.plan.costs import Costs
from recovery.plan.pick import checked, picks
from recovery.strategies.base import PlanState, PlanStrategy
from recovery.strategies.registry import load_strategy
from recovery.tracks.campaign.code_hash import campaign_hash
from recovery.tracks.campaign.state_message import unpack_state


def read(question: Message, _: Path) -> Message:
    """Name and code hash of the strategy that ``word`` names."""
    kind = type(load_strategy(question.values["word"]))
    return Message({"name": kind.__name__, "recovery_hash": campaign_hash(kind)}, {})


def gains(question: Message, _: Path) -> Message:
    """What runs are worth at a state, and after each of the picks that follow: ``ahead`` matrices at most."""
    started = time.process_time()
    strategy, state = load_strategy(question.values["word"]), unpack_state(question)
    found: list[FloatMatrix] = []
    picked: list[tuple[int, int]] = []
    while len(found) < question.values["ahead"] and state.candidates.any():
        found.append(checked(strategy.gains(state), state.candidates, name=type(strategy).__name__))
        (pick,) = picks(state, _Known(found[-1]), Costs.equal(len(found[-1])), count=1)
        picked.append((pick.source, pick.target))
        state = state.with_pending(pick.source, pick.target)
    return Message(
        {"cpu_seconds": time.process_time() - started},
        {
            "gains": torch.from_numpy(np.stack(found)),
            "picked": torch.tensor(picked, dtype=torch.int64),
        },
    )


class _Known(PlanStrategy):
    """What runs are worth is known already.

    Args:
        found: [N, N] float64.
    """

    def __init__(self, found: FloatMatrix) -> None:
        self._found = found

    def gains(self, state: PlanState) -> FloatMatrix:  # noqa: ARG002  # as all strategies are asked
        """The known gains."""
        return self._found
