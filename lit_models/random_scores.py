"""Random scores: what any model has to be ahead of."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.noise import normal


class RandomScores(RecoveryModel):
    """Standard normal noise, whatever was measured.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
    """

    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float, independent draws of the graph's key, in training as well as in prediction."""
        return normal(graph.key, graph.affinity.shape, call=0, dtype=graph.affinity.dtype)
