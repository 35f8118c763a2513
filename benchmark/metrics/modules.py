"""The metrics as ``torchmetrics.Metric`` classes, which accumulate over batches and processes.

The value is the mean over the scored targets of each split, then over the splits with any scored target. Only
sums are kept, so splits may arrive in any batches, on any ranks.
"""

import torch
from torch import Tensor
from torchmetrics import Metric

from benchmark.metrics.concordance import concordance
from benchmark.metrics.correlation import per_target_spearman, per_target_weighted_tau, pooled_spearman
from benchmark.metrics.regret import per_target_regret
from benchmark.metrics.retrieval import per_target_auc, per_target_ndcg, per_target_recall


class RunningRatio(Metric):
    """A ratio of two running sums: by default the sum of split values over the number of splits.

    Attributes:
        numerator: [] float64, summed over processes.
        denominator: [] float64, summed over processes.
    """

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    numerator: Tensor
    denominator: Tensor

    def __init__(self) -> None:
        super().__init__()
        for state in ("numerator", "denominator"):
            self.add_state(state, torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")

    def add_splits(self, values: Tensor) -> None:
        """Add the NaN-mean of each split's values; splits with only NaN are skipped.

        Args:
            values: [..., N] float64, one value per target; leading dimensions are splits.
        """
        means = values.nanmean(-1)
        self.numerator += means.nansum()
        self.denominator += (~means.isnan()).sum()

    def compute(self) -> Tensor:
        """Divide the sums.

        Returns:
            [] float64; NaN if no split was scored.
        """
        return self.numerator / self.denominator


class Spearman(RunningRatio):
    """Mean per-target Spearman, see :func:`~benchmark.metrics.correlation.per_target_spearman`.

    Example:
        One target ordered and one reversed in the first split, both ordered in the second:

        >>> truth = torch.tensor([[[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]]]).repeat(2, 1, 1)
        >>> scores = truth.clone()
        >>> scores[0, :, 1] *= -1
        >>> metric = Spearman()
        >>> metric.update(scores, truth, torch.ones(2, 3, 2, dtype=torch.bool))
        >>> metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(per_target_spearman(scores, truth, mask))


class WeightedTau(RunningRatio):
    """Mean per-target weighted τ, see :func:`~benchmark.metrics.correlation.per_target_weighted_tau`.

    Example:
        >>> truth, metric = torch.tensor([[3.0], [2.0], [1.0]]), WeightedTau()
        >>> metric.update(torch.tensor([[3.0], [1.0], [2.0]]), truth, truth > 0)
        >>> metric.compute()
        tensor(0.5455, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(per_target_weighted_tau(scores, truth, mask))


class PooledSpearman(RunningRatio):
    """Mean over splits of the pooled Spearman, see :func:`~benchmark.metrics.correlation.pooled_spearman`.

    Example:
        >>> truth, metric = torch.tensor([[1.0, 11.0], [2.0, 12.0]]), PooledSpearman()
        >>> metric.update(truth.flip(0), truth, truth > 0)
        >>> metric.compute()
        tensor(0.6000, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(pooled_spearman(scores, truth, mask).unsqueeze(-1))


class Auc(RunningRatio):
    """Mean per-target AUC of the best quarter, see :func:`~benchmark.metrics.retrieval.per_target_auc`.

    Example:
        >>> truth, metric = torch.tensor([[1.0], [2.0], [3.0]]), Auc()
        >>> metric.update(torch.tensor([[1.0], [2.0], [2.0]]), truth, truth > 0)
        >>> metric.compute()
        tensor(0.7500, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(per_target_auc(scores, truth, mask))


class AtCutoff(RunningRatio):
    """Base class of metrics of a target's top k sources.

    Args:
        k: Number of sources, at least 1.
    """

    def __init__(self, *, k: int) -> None:
        super().__init__()
        self.k = k


class Recall(AtCutoff):
    """Mean per-target recall@k, see :func:`~benchmark.metrics.retrieval.per_target_recall`.

    Args:
        k: Number of sources to pick, at least 1.

    Example:
        >>> truth, metric = torch.tensor([[1.0], [2.0], [3.0]]), Recall(k=2)
        >>> metric.update(torch.tensor([[2.0], [1.0], [3.0]]), truth, truth > 0)
        >>> metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(per_target_recall(scores, truth, mask, self.k))


class Ndcg(AtCutoff):
    """Mean per-target nDCG@k, see :func:`~benchmark.metrics.retrieval.per_target_ndcg`.

    Args:
        k: Number of ranked sources with a gain, at least 1.

    Example:
        >>> truth, metric = torch.tensor([[1.0], [2.0], [3.0]]), Ndcg(k=1)
        >>> metric.update(torch.tensor([[1.0], [3.0], [2.0]]), truth, truth > 0)
        >>> metric.compute()
        tensor(0.5000, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        self.add_splits(per_target_ndcg(scores, truth, mask, self.k))


class Regret(AtCutoff):
    """Mean per-target regret@k, lower = better, see :func:`~benchmark.metrics.regret.per_target_regret`.

    Args:
        k: Number of sources to pick, at least 1.

    Example:
        >>> truth, metric = torch.tensor([[1.0], [2.0], [3.0]]), Regret(k=1)
        >>> metric.update(torch.tensor([[1.0], [3.0], [2.0]]), truth, truth > 0, torch.tensor([4.0]))
        >>> metric.compute()
        tensor(0.2500, dtype=torch.float64)
    """

    higher_is_better = False

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor, span: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool, and ``span`` [..., N] or [N]."""
        self.add_splits(per_target_regret(scores, truth, mask, self.k, span))


class Concordance(RunningRatio):
    """Share of concordant within-target pairs, pooled over all splits.

    See :func:`~benchmark.metrics.concordance.concordance`. Pairs have equal weight, not splits or targets.

    Example:
        >>> truth, metric = torch.tensor([[1.0], [2.0], [3.0]]), Concordance()
        >>> metric.update(torch.tensor([[2.0], [1.0], [3.0]]), truth, truth > 0)
        >>> metric.compute()
        tensor(0.6667, dtype=torch.float64)
    """

    def update(self, scores: Tensor, truth: Tensor, mask: Tensor) -> None:
        """Add splits; [..., N, N] each, ``mask`` bool."""
        concordant, pairs = concordance(scores, truth, mask)
        self.numerator += concordant.sum()
        self.denominator += pairs.sum()
