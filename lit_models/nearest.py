"""Nearest neighbours: a transfer is predicted from those of similar sources, or similar targets."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.additive import additive_fit
from lit_models.base import RecoveryModel

BLOCK = 32  # rows whose neighbours are in memory at once: for all rows, these are N³ numbers


def similarity(residual: Tensor, observed: Tensor, *, shrinkage: float) -> Tensor:
    """Correlation between rows over their common observed columns, shrunk if these are few.

    n / (n + λ) · ρ over n common columns (Koren, KDD 2008, equation 2). The rows are residuals, so no mean is
    subtracted.

    Args:
        residual: [N, N] float, 0 where not observed.
        observed: [N, N] float, 1 where observed, else 0.
        shrinkage: λ > 0, in numbers of common columns.

    Returns:
        [N, N] float in [0, 1), symmetric, 0 on the diagonal and for negative ρ.
    """
    squares = residual**2
    norms = (squares @ observed.mT) * (observed @ squares.mT)
    # Clamped for rows without common columns, whose numerator is 0.
    correlation = (residual @ residual.mT) / norms.sqrt().clamp(min=torch.finfo(residual.dtype).tiny)
    common = observed @ observed.mT
    others = 1.0 - torch.eye(residual.shape[-2], dtype=residual.dtype, device=residual.device)
    return (correlation * common / (common + shrinkage)).clamp(min=0.0) * others


def sum_over_nearest(
    residual: Tensor, observed: Tensor, *, neighbours: int, shrinkage: float
) -> tuple[Tensor, Tensor]:
    """For each entry, the weighted sum of residuals over the most similar rows observed in its column.

    Args:
        residual: [N, N] float, 0 where not observed.
        observed: [N, N] float, 1 where observed, else 0.
        neighbours: maximum number of rows.
        shrinkage: see :func:`similarity`, which gives the weights.

    Returns:
        Sums of weight × residual and sums of weights, both [N, N] float.
    """
    alike = similarity(residual, observed, shrinkage=shrinkage)
    sums, weights = [], []
    for rows in torch.split(alike, BLOCK, dim=-2):
        # Row × column × neighbour; neighbours not observed in the column have weight 0.
        weight = rows[..., :, None, :] * observed.mT[..., None, :, :]
        nearest, index = weight.topk(min(neighbours, weight.shape[-1]), dim=-1)
        theirs = residual.mT[..., None, :, :].expand_as(weight).gather(-1, index)
        sums.append((nearest * theirs).sum(-1))
        weights.append(nearest.sum(-1))
    return torch.cat(sums, dim=-2), torch.cat(weights, dim=-2)


class NearestSources(RecoveryModel):
    """Additive model plus the mean residual of the most similar sources (Koren, KDD 2008, equation 3).

    Sources are similar if their residuals on common targets correlate.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        neighbours: number of sources to average.
        shrinkage: shrinkage of a similarity towards 0, in numbers of common targets.
        targets_too: average over as many similar targets too.
        ridge: shrinkage of the additive part, in numbers of entries.
    """

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        neighbours: int = 5,
        shrinkage: float = 5.0,
        targets_too: bool = False,
        ridge: float = 1.0,
    ) -> None:
        super().__init__()
        self.neighbours = neighbours
        self.shrinkage = shrinkage
        self.targets_too = targets_too
        self.ridge = ridge

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive only: a new task has no transfers to compare."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float."""
        observed = graph.observed.to(graph.affinity)
        additive = additive_fit(graph, ridge=self.ridge)
        residual = (graph.affinity - additive) * observed
        total, weight = sum_over_nearest(
            residual, observed, neighbours=self.neighbours, shrinkage=self.shrinkage
        )
        if self.targets_too:
            of_targets = sum_over_nearest(
                residual.mT, observed.mT, neighbours=self.neighbours, shrinkage=self.shrinkage
            )
            total, weight = total + of_targets[0].mT, weight + of_targets[1].mT
        # Without neighbours both sums are 0, and the additive model remains.
        return additive + total / weight.clamp(min=torch.finfo(weight.dtype).tiny)
