"""SDGAE, the spectral directed graph autoencoder of He et al. (arXiv 2502.05724, section 5.2)."""

from functools import partial

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight
from lit_models.digae import two_sided_propagation
from lit_models.layers.task_input import TaskInput
from lit_models.noise import dropout
from lit_models.source_target import SourceTarget


class RoleInput(nn.Module):
    """Two-layer perceptron from a task to its first vector in one role, S⁽⁰⁾ or T⁽⁰⁾.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the result.
        width: width of the hidden layer.
        rate: dropout rate of the hidden layer.
        one_hot: see :class:`TaskInput`.
        call: number of the dropout's draw.
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
        call: int,
    ) -> None:
        super().__init__()
        self.rate = rate
        self.call = call
        self.input = TaskInput(num_tasks, num_features, width, one_hot=one_hot)
        self.bias = nn.Parameter(torch.zeros(width))
        self.head = nn.Linear(width, out_features)

    def forward(self, graph: TaskGraph) -> Tensor:
        """First vectors of one graph's N tasks: [N, out_features] float."""
        hidden = (self.input(graph) + self.bias).relu()
        hidden = dropout(hidden, graph.key, call=self.call, rate=self.rate, training=self.training)
        first: Tensor = self.head(hidden)
        return first


class SDGAEEncoder(nn.Module):
    """A learned polynomial of the bipartite graph of sources and targets.

    S⁽ᵏ⁺¹⁾ = S⁽ᵏ⁾ + ω_S⁽ᵏ⁾ Ã T⁽ᵏ⁾ and T⁽ᵏ⁺¹⁾ = T⁽ᵏ⁾ + ω_T⁽ᵏ⁾ Ãᵀ S⁽ᵏ⁾ (equations 11 and 12), with
    Ã = D̂_out^−½ (A + I) D̂_in^−½. Unrolled it is the polynomial of equation 9. All that is learned are the
    scalars ω and two perceptrons, for S⁽⁰⁾ and T⁽⁰⁾.

    The paper starts every ω at 1. A step then doubles what all tasks have in common, since Ã's largest
    singular value is 1; on a graph as dense as these it drowns the rest, and the training loss stays near
    that of predicting 0. Here they start at 1/K, which bounds the growth by e.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        out_features: width of the result, half of it for sources.
        width: hidden width of the perceptrons.
        rate: dropout rate of the perceptrons.
        one_hot: see :class:`TaskInput`.
        order: K, the degree of the polynomial.
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
        order: int,
    ) -> None:
        super().__init__()
        self.rate = rate
        size = out_features // 2
        self.of_sources, self.of_targets = (
            RoleInput(num_tasks, num_features, size, width=width, rate=rate, one_hot=one_hot, call=call)
            for call in (0, 1)
        )
        self.source_weight = nn.Parameter(torch.full((order,), 1.0 / order))
        self.target_weight = nn.Parameter(torch.full((order,), 1.0 / order))

    def forward(self, graph: TaskGraph) -> Tensor:
        """Encode one graph of N tasks: [N, out_features] float, [s, t]."""
        step = two_sided_propagation(edge_weight(graph), alpha=0.5, beta=0.5)
        source, target = self.of_sources(graph), self.of_targets(graph)
        for of_source, of_target in zip(self.source_weight, self.target_weight, strict=True):
            source, target = (
                source + of_source * (step @ target),
                target + of_target * (step.mT @ source),
            )
        return torch.cat([source, target], dim=-1)


class SDGAE(SourceTarget):
    """DiGAE with one polynomial in the place of its layers; a transfer scores ⟨s, t⟩.

    Of the paper's three decoders this has the inner product, which all models here that have source and
    target vectors share.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        width: hidden width of the perceptrons.
        dim: dimension of a source and of a target vector.
        dropout: dropout rate of the perceptrons, in [0, 1).
        one_hot: see :class:`Autoencoder`.
        hide: see :class:`Autoencoder`.
        reconstruction: see :class:`Autoencoder`.
        order: K, the degree of the polynomial, at least 1.

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
        order: int = 5,
    ) -> None:
        if order < 1:
            raise UserError(f"SDGAE needs an order of at least 1; got {order}")
        super().__init__(
            num_tasks,
            num_features,
            make_encoder=partial(SDGAEEncoder, order=order),
            encoder_name="sdgae",
            width=width,
            dim=dim,
            dropout=dropout,
            one_hot=one_hot,
            hide=hide,
            reconstruction=reconstruction,
        )
