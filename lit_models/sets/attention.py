"""Attention over the tasks of a set, after MTG-Net."""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel


class SetAttention(SetModel):
    """Self-attention over the tasks of a set, target included, and a score read off the target.

    Song et al., "Efficient and Effective Multi-task Grouping via Meta Learning on Task Combinations" (NeurIPS
    2022). Each task has a vector of its own; the target's token is marked, and members add their single
    transfer to it.

    Args:
        num_tasks: number of tasks.
        num_features: unused; part of the common signature.
        width: of a token.
        heads: of the attention; they share the width.
    """

    knows_tasks_by_identity = True

    def __init__(
        self,
        num_tasks: int,
        num_features: int,  # noqa: ARG002  # common signature
        *,
        width: int = 32,
        heads: int = 2,
    ) -> None:
        super().__init__()
        self.heads = heads
        self.of_task = nn.Parameter(torch.randn(num_tasks, width) * width**-0.5)
        self.of_target = nn.Parameter(torch.randn(num_tasks, width) * width**-0.5)
        self.of_single = nn.Linear(1, width, bias=False)
        self.mix = nn.Linear(width, 3 * width)
        self.read = nn.Linear(width, 2 * width)
        self.query = nn.Linear(width, width)
        self.score = nn.Sequential(nn.Linear(2 * width + 1, width), nn.ReLU(), nn.Linear(width, 1))

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        tasks = len(graph.affinity)
        head = self.of_target[sets.target]
        single = (graph.affinity * graph.observed).mT[sets.target]
        tokens = self.of_task + self.of_single(single[..., None])  # [M, N, width]
        at_target = (sets.target[:, None] == torch.arange(tasks, device=head.device))[..., None]
        tokens = torch.where(at_target, head[:, None], tokens)
        present = sets.members | at_target.squeeze(-1)
        query, key, value = (self._split(part) for part in self.mix(tokens).chunk(3, dim=-1))
        mixed = tokens + self._join(_attend(query, key, value, present)).relu()
        key, value = (self._split(part) for part in self.read(mixed).chunk(2, dim=-1))
        query = self._split(self.query(head)[:, None])
        found = self._join(_attend(query, key, value, present)).squeeze(-2)
        size = sets.members.sum(-1, keepdim=True).to(found)
        scores: Tensor = self.score(torch.cat([found, head, size.log()], dim=-1)).squeeze(-1)
        return scores

    def _split(self, tokens: Tensor) -> Tensor:
        """[M, L, width] to [M, heads, L, width / heads]."""
        return tokens.unflatten(-1, (self.heads, -1)).transpose(-3, -2)

    def _join(self, tokens: Tensor) -> Tensor:
        """The inverse of :meth:`_split`."""
        return tokens.transpose(-3, -2).flatten(-2)


def _attend(query: Tensor, key: Tensor, value: Tensor, present: Tensor) -> Tensor:
    """Attention to the tokens that are present: [M, heads, L, width / heads]."""
    logits = query @ key.mT / query.shape[-1] ** 0.5
    weight = logits.masked_fill(~present[:, None, None], -torch.inf).softmax(-1)
    return weight @ value
