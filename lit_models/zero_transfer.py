"""Zero measured transfers: a transferability score that was taken without fine-tuning anything."""

from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class ZeroTransfer(RecoveryModel):
    """The proxy of each transfer as it stands, such as LEEP of a source's network on a target's data.

    Which column of the table that is, the configuration's ``proxy`` says. A target whose proxies were not
    published is not ranked.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: unused likewise.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float, standardised per target."""
        return graph.proxy
