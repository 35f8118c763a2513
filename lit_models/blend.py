"""A blend of several models, each trained as it would be alone, whose scores are averaged."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import Targets, TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.noise import fold_in

_ROUNDS = 300
_RATE = 0.1
_ENTRIES_FOR_EQUAL = 10.0


class Blend(RecoveryModel):
    """Weighted mean of the scores of several models on one graph.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        parts: factories of the models, each called with (num_tasks, num_features).
        stacked: fit the weights to the validation entries (stacking, Wolpert 1992, with positive weights that
            sum to 1, Breiman 1996); otherwise the weights are equal.

    Raises:
        UserError: if ``parts`` is empty.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        parts: Sequence[Callable[[int, int], RecoveryModel]],
        stacked: bool = False,
    ) -> None:
        super().__init__()
        if not parts:
            raise UserError("a blend needs at least one part, got none")
        self.parts = nn.ModuleList(part(num_tasks, num_features) for part in parts)
        self.stacked = stacked
        self.batchable = all(part.batchable for part in self._models)
        self.knows_tasks_by_identity = any(part.knows_tasks_by_identity for part in self._models)
        encoders = [part.encoder_name for part in self._models if part.encoder_name]
        self.encoder_name = "+".join(dict.fromkeys(encoders))
        self.weight: Tensor
        self.register_buffer("weight", torch.full((len(parts),), 1.0 / len(parts)))

    def use_pair_features(self, count: int) -> None:
        """Tell every part."""
        for part in self._models:
            part.use_pair_features(count)

    @property
    def _models(self) -> list[RecoveryModel]:
        return [part for part in self.parts if isinstance(part, RecoveryModel)]

    @property
    def reads_bipartite(self) -> bool:
        """If every part does."""
        return all(part.reads_bipartite for part in self._models)

    @property
    def settings(self) -> frozenset[Setting]:
        """Settings that every part supports."""
        return frozenset.intersection(*(part.settings for part in self._models))

    def forward(self, graph: TaskGraph) -> Tensor:
        """Weighted mean of the parts' scores, [N, N] float."""
        return (self.weight[:, None, None] * self._scores(graph)).sum(0)

    def _scores(self, graph: TaskGraph) -> Tensor:
        return torch.stack([part(own) for part, own in self._with_keys(graph)])

    def _with_keys(self, graph: TaskGraph) -> list[tuple[RecoveryModel, TaskGraph]]:
        """Every part with the graph and the part's own noise key."""
        return [
            (part, graph._replace(key=fold_in(graph.key, place))) for place, part in enumerate(self._models)
        ]

    def objective(self, graph: TaskGraph) -> Tensor:
        """Sum of the objectives of all parts with parameters; parts share no weights."""
        pairs = self._with_keys(graph)
        terms = [part.objective(own) for part, own in pairs if list(part.parameters())]
        return torch.stack(terms).sum() if terms else super().objective(graph)

    def calibrate(self, graph: TaskGraph, validation: Targets) -> dict[str, Tensor]:
        """Weights fitted to the validation entries, if the blend is stacked."""
        if not self.stacked:
            return {}
        return {"weight": simplex_weights(self._scores(graph), validation)}


def simplex_weights(scores: Tensor, validation: Targets) -> Tensor:
    """Positive weights with sum 1 that minimise the blend's squared error, shrunk towards equal weights.

    Exponentiated gradient descent (Kivinen & Warmuth, 1997) on the mean squared error plus
    ``10 / entries`` · ‖w − 1/M‖².

    Args:
        scores: [M, N, N] float, one matrix per model.
        validation: entries to fit.

    Returns:
        [M] float; equal weights if there are no entries.
    """
    mask = validation.mask.to(scores)
    count = mask.sum().clamp(min=1.0)
    # The error is a quadratic form of the weights: wᵀ gram w − 2 wᵀ pull + constant.
    gram = torch.einsum("ast,bst,st->ab", scores, scores, mask) / count
    pull = torch.einsum("ast,st->a", scores, validation.value * mask) / count
    equal = torch.full_like(pull, 1.0 / len(pull))
    logits = torch.zeros_like(pull)
    for _ in range(_ROUNDS):
        weight = logits.softmax(0)
        slope = 2.0 * (gram @ weight - pull) + 2.0 * _ENTRIES_FOR_EQUAL / count * (weight - equal)
        logits = logits - _RATE * slope
    return torch.where(mask.any(), logits.softmax(0), equal)
