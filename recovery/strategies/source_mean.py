"""The sources that are good on average."""

import numpy as np
from scipy.special import ndtr

from datamodules.matrix_types import FloatMatrix
from recovery.strategies.base import PlanState, PlanStrategy


class SourceMean(PlanStrategy):
    """One ranking of sources for all targets: by the mean of their measured z-scores, drawn towards 0."""

    def gains(self, state: PlanState) -> FloatMatrix:
        """The share of a normal distribution below the mean."""
        mean = state.models.columns.mean
        return np.broadcast_to(ndtr(mean)[:, None], state.candidates.shape)
