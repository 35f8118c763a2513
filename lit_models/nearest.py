"""Nearest neighbours: a transfer is what it was for tasks that transferred alike."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.additive import additive_fit
from lit_models.base import RecoveryModel


def similarity(residual: Tensor, observed: Tensor, *, shrinkage: float) -> Tensor:
    """Correlation of every two rows over the columns that both have, shrunken by how few those are.

    n / (n + λ) · ρ over n common columns (Koren, KDD 2008, equation 2). The rows are residuals already, so
    no mean is taken out of them.

    Args:
        residual: [N, N] float, 0 where not observed.
        observed: [N, N] float, 1 where observed, else 0.
        shrinkage: λ, in common columns; above 0.

    Returns:
        [N, N] float in [0, 1), symmetric, 0 on the diagonal; unlike rows (ρ < 0) count as unrelated.
    """
    squares = residual**2
    norms = (squares @ observed.mT) * (observed @ squares.mT)
    # Its smallest positive number for rows that have nothing in common, whose numerator is 0.
    correlation = (residual @ residual.mT) / norms.sqrt().clamp(min=torch.finfo(residual.dtype).tiny)
    common = observed @ observed.mT
    others = 1.0 - torch.eye(residual.shape[-1], dtype=residual.dtype, device=residual.device)
    return (correlation * common / (common + shrinkage)).clamp(min=0.0) * others


def sum_over_nearest(
    residual: Tensor, observed: Tensor, *, neighbours: int, shrinkage: float
) -> tuple[Tensor, Tensor]:
    """For each entry, the weighted sum over the rows most like its own that have its column.

    Args:
        residual: [N, N] float, 0 where not observed.
        observed: [N, N] float, 1 where observed, else 0.
        neighbours: rows at most.
        shrinkage: see :func:`similarity`, which is the weight.

    Returns:
        [N, N] float sums of weight × residual and [N, N] float sums of weights.
    """
    alike = similarity(residual, observed, shrinkage=shrinkage)
    # Row × column × neighbour; a neighbour without the column has weight 0.
    weight = alike[..., :, None, :] * observed.mT[..., None, :, :]
    nearest, index = weight.topk(min(neighbours, weight.shape[-1]), dim=-1)
    theirs = residual.mT[..., None, :, :].expand_as(weight).gather(-1, index)
    return (nearest * theirs).sum(-1), nearest.sum(-1)


class NearestSources(RecoveryModel):
    """Additive model plus the mean residual of the sources most like this one (Koren, KDD 2008, equation 3).

    Sources are alike if their residuals on common targets correlate.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
        neighbours: sources that are averaged.
        shrinkage: common targets' worth of shrinkage of a similarity.
        targets_too: average over as many targets most like this one as well.
        ridge: shrinkage of the additive part, in entries.
    """

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # the factory's
        num_features: int,  # noqa: ARG002  # the factory's
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
    def settings(self) -> frozenset[Setting]:
        """A new task is like none, for lack of transfers to compare."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float."""
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
        # Without any neighbour both sums are 0, and the additive model stands alone.
        return additive + total / weight.clamp(min=torch.finfo(weight.dtype).tiny)
