"""Sparse forms of the mean of a source and the mean of a target."""

import torch
from torch import Tensor

from datamodules.sparse.graph import SparseGraph
from lit_models.base import RecoveryModel
from lit_models.means import SourceMean, TargetMean
from lit_models.sparse.base import SparseModel, group_sum


class SparseMean(SparseModel):
    """Mean z-score of a task's observed cells, as a source or as a target.

    Args:
        model: a source mean or a target mean.
    """

    def __init__(self, model: RecoveryModel) -> None:
        super().__init__()
        if not isinstance(model, SourceMean | TargetMean):
            raise TypeError(f"{type(model).__name__} is no mean")
        self.of_source = isinstance(model, SourceMean)

    def encode(self, graph: SparseGraph) -> Tensor:
        """The means, [N, 1] float; 0 for a task without observed cells."""
        index = graph.source if self.of_source else graph.target
        count = group_sum(torch.ones_like(graph.value), index, graph.num_tasks).clamp(min=1)
        return (group_sum(graph.value, index, graph.num_tasks) / count)[:, None]

    def decode(self, source: Tensor, target: Tensor) -> Tensor:
        """The mean of the one or of the other."""
        return (source if self.of_source else target)[:, 0]
