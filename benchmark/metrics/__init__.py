"""The protocol's metrics, each as a function and as a ``torchmetrics.Metric``.

Every matrix is source × target (row = source, column = target), higher = better transfer, and every metric
compares the sources *within* a target. ``mask`` marks the queries, the entries to predict; values outside the
mask, NaN included, have no effect. A target is scored if it has at least three queries with at least two
distinct true values; the value of a target that is not scored is NaN.
"""

from benchmark.metrics.concordance import concordance
from benchmark.metrics.correlation import per_target_spearman, per_target_weighted_tau, pooled_spearman
from benchmark.metrics.inputs import check_finite
from benchmark.metrics.modules import (
    Auc,
    Concordance,
    Ndcg,
    PooledSpearman,
    Recall,
    Regret,
    Spearman,
    WeightedTau,
)
from benchmark.metrics.regret import per_target_regret
from benchmark.metrics.retrieval import per_target_auc, per_target_ndcg, per_target_recall

__all__ = [
    "Auc",
    "Concordance",
    "Ndcg",
    "PooledSpearman",
    "Recall",
    "Regret",
    "Spearman",
    "WeightedTau",
    "check_finite",
    "concordance",
    "per_target_auc",
    "per_target_ndcg",
    "per_target_recall",
    "per_target_regret",
    "per_target_spearman",
    "per_target_weighted_tau",
    "pooled_spearman",
]
