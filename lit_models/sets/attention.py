"""Attention over the tasks of a set, after MTG-Net."""

import torch
from torch import Tensor, nn

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.sets.base import SetModel


class SetAttention(SetModel):
    """The target attends to itself and to the members of its set; a perceptron scores what it finds.

    After Song et al., "Efficient and Effective Multi-task Grouping via Meta Learning on Task Combinations"
    (NeurIPS 2022), with one layer, of which only the target's token is needed. Each task has a vector of its
    own as a member and as a target; members add their single transfer to it.

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
        self.query = nn.Linear(width, width)
        self.found = nn.Linear(width, 2 * width)
        self.score = nn.Sequential(nn.Linear(2 * width + 1, width), nn.ReLU(), nn.Linear(width, 1))

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        tasks = len(graph.affinity)
        at_target = torch.eye(tasks, dtype=torch.bool, device=graph.affinity.device)
        # Tokens, and how they are attended to, depend on the target only: [N, N, width], target first.
        single = (graph.affinity * graph.observed).mT[..., None]
        tokens = torch.where(at_target[..., None], self.of_target, self.of_task + self.of_single(single))
        query = self._split(self.query(self.of_target)[:, None])
        key, value = (self._split(part) for part in self.found(tokens).chunk(2, dim=-1))
        logits = query @ key.mT / key.shape[-1] ** 0.5
        strength = (logits - logits.detach().amax(-1, keepdim=True)).exp()
        target = sets.target
        weight = strength[target] * (sets.members | at_target[target])[:, None, None]
        found = weight @ value[target]
        size = sets.members.sum(-1, keepdim=True).to(found)
        # The normalised mean alone, as in a transformer, does not say how much there is to find.
        mean = (found / weight.sum(-1, keepdim=True).clamp(min=1e-9)).flatten(1)
        total = found.flatten(1) / size.sqrt()
        scores: Tensor = self.score(torch.cat([mean, total, size.log()], dim=-1)).squeeze(-1)
        return scores

    def _split(self, tokens: Tensor) -> Tensor:
        """[..., L, width] to [..., heads, L, width / heads]."""
        split = tokens.reshape(*tokens.shape[:-1], self.heads, -1)
        return split.transpose(-3, -2)
