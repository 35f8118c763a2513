"""Zero measured transfers: ranking by a transferability estimator, which needs no fine-tuning."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class ZeroTransfer(RecoveryModel):
    """The transferability estimate of each transfer, such as LEEP of a source's network on a target's data.

    The configuration's ``proxy`` names the estimator. A target without published estimates is not ranked.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, standardised per target."""
        return graph.proxy
