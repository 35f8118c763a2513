"""The prior-fitted network on a cheaper measurement of every transfer."""

import math

import torch

from datamodules.graph import TaskGraph
from lit_models.layers.bar_distribution import BarDistribution
from lit_models.layers.grid_network import Reading
from lit_models.prior_fitted import SHIPPED, PriorFitted
from lit_models.zero_transfer import ZeroTransfer


class PriorFittedCheap(PriorFitted):
    """Reads the graph twice, with a cheap matrix and without it, and averages what it says.

    How far a channel of its input can be trusted the network judges itself, but it trusts a cheap matrix too
    much where much is observed. The even mixture of both readings loses little wherever one of them is good.

    The pair feature is as for :class:`lit_models.co_kriging.CoKriging`, standardised per target: levels of
    targets, which no ranking needs, would else hide what it says of sources.

    Args:
        num_tasks: size of the fit graph.
        num_features: width of Z.
        sha256: hash of the weights.
    """

    def __init__(self, num_tasks: int, num_features: int, *, sha256: str = SHIPPED) -> None:
        super().__init__(num_tasks, num_features, sha256=sha256)
        self.cheap = ZeroTransfer(num_tasks, num_features)

    def use_pair_features(self, count: int) -> None:
        """Refuse data without a cheap matrix."""
        self.cheap.use_pair_features(count)

    def reading(self, graph: TaskGraph) -> Reading:
        """The mixture of both readings; ranks are averaged."""
        cheap = self.cheap(graph)[..., None]
        both = [
            super(PriorFittedCheap, self).reading(graph._replace(edge_attr=each))
            for each in (cheap[..., :0], cheap)
        ]
        log_mass = torch.stack([each.value.log_mass for each in both]).logsumexp(0) - math.log(len(both))
        rank = torch.stack([each.rank for each in both]).mean(0)
        return Reading(BarDistribution(log_mass), rank)
