"""Runs in random order."""

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class RandomOrder(PlanStrategy):
    """Every run is worth the same, and one is drawn."""

    def gains(self, state: PlanState) -> FloatMatrix:
        """1 everywhere."""
        return state.candidates.astype(float)
