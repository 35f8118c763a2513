"""Targets in turn, and of each the sources in turn."""

import numpy as np

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class RoundRobin(PlanStrategy):
    """The target with the fewest runs, and of its sources the one with the fewest."""

    def gains(self, state: PlanState) -> FloatMatrix:
        """1 / (1 + runs), of the target first and of the source to break ties."""
        run = state.known | state.pending
        of_target, of_source = run.sum(0), run.sum(1)
        order: FloatMatrix = of_target + of_source[:, None] / (1.0 + of_source.max(initial=0))
        return 1.0 / (1.0 + np.asarray(order, dtype=np.float64))
