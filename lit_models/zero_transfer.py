"""Zero measured transfers: ranking by a transferability estimator, which needs no fine-tuning."""

import torch
from torch import Tensor

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel


class ZeroTransfer(RecoveryModel):
    """One pair feature as it stands, such as LEEP of a source's network on a target's data.

    The configuration's ``pairs`` names it. A target of whose transfers it says nothing is not ranked.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: unused.
    """

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()

    def use_pair_features(self, count: int) -> None:
        """Refuse data without the feature."""
        if count == 0:
            raise UserError("ranking by a pair feature needs one: set pairs to its name, for example leep")

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float, z-scores per target over the transfers whose feature is known."""
        feature, *indicator = graph.edge_attr.unbind(-1)
        known = graph.eligible & (indicator[-1] == 0) if indicator else graph.eligible
        count = known.sum(-2).clamp(min=1)
        centred = torch.where(known, feature - torch.where(known, feature, 0.0).sum(-2) / count, 0.0)
        deviation = (centred.square().sum(-2) / count).sqrt()
        # By range: the deviation of equal values can be a rounding error.
        highest = torch.where(known, feature, -torch.inf).amax(-2)
        lowest = torch.where(known, feature, torch.inf).amin(-2)
        return torch.where(highest > lowest, centred / deviation, 0.0)
