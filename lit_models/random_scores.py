"""Random scores: the baseline that every model has to beat."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.noise import normal


class RandomScores(RecoveryModel):
    """Standard normal noise; measured transfers are ignored.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """Draw [N, N] float by the graph's key, in training as well as in prediction."""
        return normal(graph.key, graph.affinity.shape, call=0, dtype=graph.affinity.dtype)
