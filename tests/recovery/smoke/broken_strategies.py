"""Strategies that break one rule each, behind ``HEAD`` in a file of its own."""

from typing import NamedTuple

HEAD = '''\
import numpy as np

from recovery.strategies.base import PlanStrategy


class Base(PlanStrategy):
    """Targets with few runs first: an honest strategy."""

    def gains(self, state):
        runs = (state.known | state.pending).sum(0)
        return np.broadcast_to(1.0 / (1.0 + runs), state.candidates.shape)


'''


class Broken(NamedTuple):
    """One of them.

    Attributes:
        body: of its file, where the class is called Mine.
        check: the check that it fails.
        says: part of what the check says.
    """

    body: str
    check: str
    says: str


def mine(gains: str) -> str:
    """A class with this body of its method."""
    lines = "\n".join(f"        {line}" for line in gains.splitlines())
    return f"class Mine(Base):\n    def gains(self, state):\n{lines}\n"


BROKEN = {
    "no gains": Broken(
        "from recovery.strategies.base import PlanStrategy\nclass Mine(PlanStrategy):\n    pass\n",
        "loads",
        "has no method gains(self, state)",
    ),
    "one number per target": Broken(
        mine("return super().gains(state)[0]"), "gains", "returned an array of shape (25,), not (25, 25)"
    ),
    "not finite": Broken(
        mine("with np.errstate(all='ignore'):\n    return super().gains(state) / state.known.sum()"),
        "gains",
        "return finite numbers of 0 or more",
    ),
    "widens the candidates": Broken(
        mine("state.candidates[:] = state.table.eligible\nreturn super().gains(state)"), "input", "candidates"
    ),
    "draws globally": Broken(
        mine("return np.random.random(state.candidates.shape)"), "generators", "global random generator"
    ),
    "knows tasks by number": Broken(
        mine("return super().gains(state) * np.arange(1, 26)[:, None]"), "renaming", "if tasks are permuted"
    ),
    "walks the frames": Broken(
        "import sys\n"
        + mine(
            "frame = sys._getframe()\n"
            "while frame:\n"
            "    truth = frame.f_locals.get('truth')\n"
            "    if truth is not None:\n"
            "        return np.exp(np.nan_to_num(truth.value))\n"
            "    frame = frame.f_back\n"
            "return super().gains(state)"
        ),
        "hidden values",
        "if only values change that are not measured",
    ),
    "reads the tables": Broken(
        "from datamodules.registry import DATASETS\n"
        + mine("return np.exp(np.nan_to_num(DATASETS['taskonomy'].read().value))")
        + "    knows_tasks_by_identity = True\n",
        "keeps to itself",
        "opens the file",
    ),
}
