"""A complete submission to the planning tracks: sources that were good for other targets, unsure ones first.

make smoke MODEL=examples/my_strategy.py:MyStrategy
make bench TRACK=new-target DATASET=taskonomy STRATEGY=examples/my_strategy.py:MyStrategy
"""

import numpy as np

from affinity_bench import PlanState, PlanStrategy
from datamodules.matrix_types import FloatMatrix


class MyStrategy(PlanStrategy):
    """Upper confidence bound of the Gaussian process over sources."""

    def gains(self, state: PlanState) -> FloatMatrix:
        """[N, N] float64 of 0 or more, what every run (source × target) would be worth."""
        worth = np.zeros(state.candidates.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            column = state.models.columns.column(int(target), pending=state.pending)
            worth[:, target] = column.mean + column.scale
        return worth - worth.min()
