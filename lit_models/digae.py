"""DiGAE, the directed graph autoencoder of Kollias, Kalantzis, Idé, Lozano & Abe (AAAI 2022)."""

from functools import partial

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight
from lit_models.layers.task_input import TaskInput
from lit_models.noise import dropout
from lit_models.source_target import SourceTarget


def two_sided_propagation(weight: Tensor, *, alpha: float, beta: float) -> Tensor:
    """Adjacency with self-loops, normalised at both ends of an edge: D̂_out^−β Â D̂_in^−α, Â = A + I.

    Kollias et al. (AAAI 2022). It propagates from targets to sources; its transpose, from sources to targets.

    Args:
        weight: [N, N] float, non-negative, 0 on the diagonal.
        alpha: exponent of the in-degrees; 0 ignores them.
        beta: exponent of the out-degrees; 0 ignores them.

    Returns:
        [N, N] float; finite, since self-loops keep every degree at 1 or more.

    >>> two_sided_propagation(torch.tensor([[0.0, 1.0], [3.0, 0.0]]), alpha=0.0, beta=1.0)
    tensor([[0.5000, 0.5000],
            [0.7500, 0.2500]])
    """
    with_loops = weight + torch.eye(weight.shape[-1], dtype=weight.dtype, device=weight.device)
    out_degree = with_loops.sum(-1, keepdim=True)
    in_degree = with_loops.sum(-2, keepdim=True)
    return out_degree**-beta * with_loops * in_degree**-alpha


class DiGAEEncoder(nn.Module):
    """Two layers that compute source vectors from target vectors, and target vectors from source vectors.

    S⁽ˡ⁺¹⁾ = σ(Ã T⁽ˡ⁾ W_T), T⁽ˡ⁺¹⁾ = σ(Ãᵀ S⁽ˡ⁾ W_S) with S⁽⁰⁾ = T⁽⁰⁾ = X and Ã of
    :func:`two_sided_propagation` (Kollias et al., AAAI 2022; equations 5 and 6 of He et al.,
    arXiv 2502.05724). σ is ReLU, left out of the last layer as in the authors' code.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the result, half of it for sources.
        width: width of the first layer.
        rate: dropout rate of the first layer.
        one_hot: see :class:`TaskInput`.
        alpha: exponent of the in-degrees.
        beta: exponent of the out-degrees.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        out_features: int,
        *,
        width: int,
        rate: float,
        one_hot: bool,
        alpha: float,
        beta: float,
    ) -> None:
        super().__init__()
        self.rate = rate
        self.alpha = alpha
        self.beta = beta
        self.of_sources = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.of_targets = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.source_head = nn.Linear(width, out_features // 2, bias=False)
        self.target_head = nn.Linear(width, out_features // 2, bias=False)

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float, [s, t]."""
        step = two_sided_propagation(edge_weight(graph), alpha=self.alpha, beta=self.beta)
        source = (step @ self.of_targets(graph)).relu()
        target = (step.mT @ self.of_sources(graph)).relu()
        source = dropout(source, graph.key, call=0, rate=self.rate, training=self.training)
        target = dropout(target, graph.key, call=1, rate=self.rate, training=self.training)
        return torch.cat([step @ self.source_head(target), step.mT @ self.target_head(source)], dim=-1)


class DiGAE(SourceTarget):
    """Source and target vectors that alternate along and against the edges; a transfer scores ⟨s, t⟩.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        width: width of the first layer.
        dim: dimension of a source and of a target vector.
        dropout: dropout rate of the first layer, in [0, 1).
        one_hot: see :class:`Autoencoder`.
        hide: see :class:`Autoencoder`.
        reconstruction: see :class:`Autoencoder`.
        alpha: exponent of the in-degrees, in [0, 1].
        beta: exponent of the out-degrees, in [0, 1].

    Raises:
        UserError: if a number is out of range.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        width: int = 32,
        dim: int = 8,
        dropout: float = 0.1,
        one_hot: bool = True,
        hide: float = 0.0,
        reconstruction: float = 0.0,
        alpha: float = 0.4,
        beta: float = 0.2,
    ) -> None:
        if not (0.0 <= alpha <= 1.0 and 0.0 <= beta <= 1.0):
            raise UserError(f"DiGAE needs alpha and beta in [0, 1]; got alpha {alpha}, beta {beta}")
        super().__init__(
            num_tasks,
            num_features,
            make_encoder=partial(DiGAEEncoder, alpha=alpha, beta=beta),
            encoder_name="digae",
            width=width,
            dim=dim,
            dropout=dropout,
            one_hot=one_hot,
            hide=hide,
            reconstruction=reconstruction,
        )
