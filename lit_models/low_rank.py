"""Low-rank completion without training."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.additive import additive_fit
from lit_models.base import RecoveryModel

# Singular vectors beside those that are kept, which converge the faster (Halko et al., SIAM Review 2011).
OVERSAMPLING = 5


class ZSVD(RecoveryModel):
    """Additive model plus a soft-thresholded low-rank completion of its residuals.

    Soft-Impute (Mazumder, Hastie & Tibshirani, JMLR 2010): hidden residuals are imputed from the current
    low-rank estimate, and the singular values of the completed matrix are soft-thresholded and truncated,
    for a fixed number of iterations. Only the first decomposition is a complete one. The matrix changes less
    and less, so each of the others is a step of subspace iteration from the last one's singular vectors, as
    in the authors' later alternating least squares (Hastie et al., JMLR 2015).

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
        rank: number of singular values to keep.
        shrinkage: threshold subtracted from each singular value.
        ridge: shrinkage of the additive part, in numbers of entries.
        rounds: number of iterations.
    """

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        rank: int = 3,
        shrinkage: float = 0.5,
        ridge: float = 1.0,
        rounds: int = 100,
    ) -> None:
        super().__init__()
        self.rank = rank
        self.shrinkage = shrinkage
        self.ridge = ridge
        self.rounds = rounds

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive only: a new task has no factors."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float."""
        additive = additive_fit(graph, ridge=self.ridge)
        residual = (graph.affinity - additive) * graph.observed
        # torch has no SVD for narrower dtypes, and autocast would multiply in them.
        residual = residual.to(torch.promote_types(residual.dtype, torch.float32))
        with torch.autocast(residual.device.type, enabled=False):
            low_rank = self._complete(residual, graph.observed)
        return additive + low_rank.to(additive)

    def _complete(self, residual: Tensor, observed: Tensor) -> Tensor:
        low_rank = torch.zeros_like(residual)
        followed = self.rank + OVERSAMPLING
        right = torch.linalg.svd(residual, full_matrices=False).Vh[..., :followed, :]
        for _ in range(self.rounds):
            filled = torch.where(observed, residual, low_rank)
            basis = torch.linalg.qr(filled @ right.mT).Q
            left, singular, right = torch.linalg.svd(basis.mT @ filled, full_matrices=False)
            kept = (singular[..., : self.rank] - self.shrinkage).clamp(min=0)
            low_rank = (basis @ (left[..., : self.rank] * kept[..., None, :])) @ right[..., : self.rank, :]
        return low_rank
