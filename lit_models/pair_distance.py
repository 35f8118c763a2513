"""Zero measured transfers: the nearest source by a published distance of the pair."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.zero_transfer import ZeroTransfer


class PairDistance(ZeroTransfer):
    """One pair feature of which less is better, such as how far two languages are apart.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, z-scores per target over the transfers whose distance is known, negated."""
        return -super().forward(graph)
