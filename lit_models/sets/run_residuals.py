"""What the targets of one training run share: kriging of residuals within runs."""

import torch
from torch import Tensor

from datamodules.sets.set_graph import SetGraph

ITERATIONS = 12  # of expectation maximisation


def run_numbers(sets: SetGraph) -> Tensor:
    """Number the sets by the tasks that take part, target included: tasks trained together share a number.

    Args:
        sets: M sets.

    Returns:
        [M] int64.
    """
    together = sets.members.scatter(1, sets.target[:, None], True)
    number: Tensor = torch.unique(together, dim=0, return_inverse=True)[1]
    return number


def shared_residuals(residual: Tensor, known: Tensor, run: Tensor, target: Tensor) -> Tensor:
    """Predict residuals from those of other targets in the same run.

    Residuals of a run are jointly normal over targets. Their covariance is estimated by expectation
    maximisation over all runs, each with the targets that are known in it (Dempster, Laird & Rubin, 1977),
    and what is unknown is its conditional mean.

    Args:
        residual: [M] float64; read where known.
        known: [M] bool.
        run: [M] int64, number of each set's run.
        target: [M] int64.

    Returns:
        [M] float64: where known the residual itself; 0 where nothing is known of the run.
    """
    runs, tasks = int(run.max()) + 1, int(target.max()) + 1
    value = residual.new_zeros(runs, tasks)
    mask = torch.zeros_like(value)
    value[run[known], target[known]] = residual[known]
    mask[run[known], target[known]] = 1.0
    if not (mask.sum(1) > 1).any():
        return torch.where(known, residual, 0.0)
    some = mask.any(1)
    value, mask, place = value[some], mask[some], some.cumsum(0) - 1
    counts = mask.sum(0)
    variance = torch.where(counts > 0, (value**2).sum(0) / counts.clamp(min=1), 1.0).clamp(min=1e-6)
    covariance = torch.diag(variance)
    for _ in range(ITERATIONS):
        gain = _gain(covariance, mask)
        expected = (gain @ value[..., None]).squeeze(-1)
        left = covariance - gain @ (mask[..., None] * covariance)
        covariance = (expected.mT @ expected + left.sum(0)) / len(value)
    expected = (_gain(covariance, mask) @ value[..., None]).squeeze(-1)
    return torch.where(some[run], expected[place[run].clamp(min=0), target], 0.0)


def _gain(covariance: Tensor, mask: Tensor) -> Tensor:
    """[R, T, T]: maps a run's known residuals to the conditional mean of all."""
    shown = mask[:, :, None] * covariance * mask[:, None, :] + torch.diag_embed(1.0 - mask)
    solved: Tensor = torch.linalg.solve(shown, mask[:, :, None] * covariance)
    return solved.mT * mask[:, None, :]
