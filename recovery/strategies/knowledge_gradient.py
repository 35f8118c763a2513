"""The transfers after whose measurement the best expected source is expected to be better by most."""

import numpy as np
from scipy.special import ndtri

from datamodules.matrix_types import FloatMatrix
from recovery.posteriors.gaussian_columns import NOISE
from recovery.strategies.base import PlanState, PlanStrategy

OUTCOMES = 16  # of a run, equally likely


class KnowledgeGradient(PlanStrategy):
    """Knowledge gradient with correlated beliefs (Frazier et al., INFORMS J. Computing 2009).

    A run changes what is expected of all sources of its target; the run is worth the expected rise of the
    largest expectation. The expectation is taken over 16 equally likely outcomes.
    """

    def gains(self, state: PlanState) -> FloatMatrix:
        """Expected rise in deviations of the target, [N, N]."""
        outcomes = ndtri((np.arange(OUTCOMES) + 0.5) / OUTCOMES)
        gains = np.zeros(state.candidates.shape)
        for target in np.flatnonzero(state.candidates.any(0)):
            posterior = state.models.columns.column(int(target), pending=state.pending)
            sources = np.flatnonzero(state.table.eligible[:, target])
            mean, covariance = posterior.mean[sources], posterior.covariance[np.ix_(sources, sources)]
            # Column s: how much one deviation of the outcome of a run of s moves every source.
            moves = covariance / np.sqrt(np.maximum(covariance.diagonal(), 0.0) + NOISE)
            reached = np.stack([(mean[:, None] + outcome * moves).max(0) for outcome in outcomes])
            gains[sources, target] = np.maximum(reached.mean(0) - mean.max(), 0.0)
        return gains
