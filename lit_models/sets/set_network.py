"""Set functions on task vectors that a graph autoencoder learns from single transfers."""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel
from lit_models.source_target import SourceTargetGAE


class SetNetwork(SetModel):
    """Deep Sets on the members' vectors, or AllSet, which passes messages along measured sets first.

    A source-target autoencoder encodes the single transfers: its vectors serve them and sets. A member's
    message is a function of its vector as a source, of the target's, and of their single transfer. A set is
    scored by a perceptron of the sum and the mean of its messages (Zaheer et al., NeurIPS 2017). With
    ``rounds``, each measured set first sends a function of its members and its value to its members and its
    target, which add the mean of what they get to their vectors (Chien et al., ICLR 2022, AllDeepSets).

    Args:
        num_tasks: number of tasks.
        num_features: width of Z.
        width: of hidden layers.
        dim: of a task's vector as a source and as a target.
        rounds: of messages along measured sets.
    """

    def __init__(
        self, num_tasks: int, num_features: int, *, width: int = 32, dim: int = 8, rounds: int = 0
    ) -> None:
        super().__init__()
        self.tasks = SourceTargetGAE(num_tasks, num_features, dim=dim)
        self.encoder_name = self.tasks.encoder_name
        self.knows_tasks_by_identity = self.tasks.knows_tasks_by_identity
        self.source = nn.Linear(dim, width)
        self.target = nn.Linear(dim, width, bias=False)
        self.single = nn.Linear(1, width, bias=False)
        self.score = nn.Sequential(nn.Linear(2 * width + 1, width), nn.ReLU(), nn.Linear(width, 1))
        self.rounds = nn.ModuleList(
            nn.Sequential(nn.Linear(2 * width + 2, width), nn.ReLU(), nn.Linear(width, 2 * dim))
            for _ in range(rounds)
        )
        self.reads_values = rounds > 0

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict single transfers by the autoencoder: [N, N] float."""
        scores: Tensor = self.tasks(graph)
        return scores

    def objective(self, graph: TaskGraph) -> Tensor:
        """The autoencoder's objective on single transfers."""
        return self.tasks.objective(graph)

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        z = self.tasks.encode(graph)
        single = torch.where(graph.observed, graph.affinity, self.tasks.score(z, graph))
        known = sets.observed.to(z)
        for update in self.rounds:
            sent = (
                update(torch.cat([self._pooled(z, single, sets), sets.value[:, None]], -1)) * known[:, None]
            )
            to_source, to_target = sent.chunk(2, dim=-1)
            z = z + torch.cat(
                [
                    _mean_of_sets(sets.members.to(z), to_source, known),
                    _mean_of_sets(_heads(sets, z), to_target, known),
                ],
                dim=-1,
            )
        scores: Tensor = self.score(self._pooled(z, single, sets)).squeeze(-1)
        return scores

    def _pooled(self, z: Tensor, single: Tensor, sets: SetGraph) -> Tensor:
        """Sum and mean of the messages of each set's members, and its size: [M, 2 width + 1] float."""
        source, target = z.chunk(2, dim=-1)
        message = (
            self.source(source)[None] + self.target(target)[:, None] + self.single(single.mT[..., None])
        ).relu()
        members = sets.members.to(z)
        size = members.sum(-1, keepdim=True)
        total = (members[:, None] @ message[sets.target]).squeeze(1)
        return torch.cat([total / size.sqrt(), total / size, size.log()], dim=-1)


def _heads(sets: SetGraph, like: Tensor) -> Tensor:
    """[M, N] float: 1 at each set's target."""
    return (sets.target[:, None] == torch.arange(sets.members.shape[-1], device=like.device)).to(like)


def _mean_of_sets(belongs: Tensor, sent: Tensor, known: Tensor) -> Tensor:
    """Mean over the measured sets that each task belongs to, 0 without any: [N, d] float."""
    count = belongs.mT @ known[:, None]
    return belongs.mT @ sent / count.clamp(min=1.0)
