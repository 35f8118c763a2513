"""Cross-entropy over all N² pairs of nodes, for graphs whose [N, N] tensors are too large for training.

All pairs are first treated as non-edges, by the sums of :mod:`lit_models.link_prediction.block_sums`. The few
edges are then corrected by log(1 + exp(−s)) = log(1 + exp(s)) − s.
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from lit_models.autoencoder import Autoencoder
from lit_models.gae import GAE
from lit_models.gravity import GravityGAE
from lit_models.link_prediction.block_sums import gravity_sum, inner_product_sum, source_target_sum
from lit_models.source_target import SourceTargetGAE

BLOCKWISE_FROM_NODES = 1_000


def all_pairs_cross_entropy(model: Autoencoder, z: Tensor, edges: Tensor, *, edge_weight: float) -> Tensor:
    """Mean over all N² pairs of −w y log σ(s) − (1 − y) log(1 − σ(s)) with s = ``model.decode(z)``.

    Args:
        model: provides the decoder. With 1,000 nodes or more, inner products, source-target products and
            gravity are computed in blocks; other decoders and smaller graphs as one tensor.
        z: [N, d] float, node vectors.
        edges: [E, 2] int64, source and target of the pairs with y = 1, each once.
        edge_weight: w, weight of the pairs with y = 1.

    Returns:
        [] float.
    """
    blockwise = _BLOCKWISE.get(type(model).decode)
    if blockwise is None or len(z) < BLOCKWISE_FROM_NODES:
        labels = z.new_zeros(len(z), len(z))
        labels[edges[:, 0], edges[:, 1]] = 1.0
        return binary_cross_entropy_with_logits(model.decode(z), labels, pos_weight=z.new_tensor(edge_weight))
    scores = blockwise.pair_scores(model, z[edges[:, 0]], z[edges[:, 1]])
    correction = ((edge_weight - 1.0) * softplus(scores) - edge_weight * scores).sum()
    return (blockwise.sum(model, z) + correction) / len(z) ** 2


def _inner_product_pairs(_: Autoencoder, source: Tensor, target: Tensor) -> Tensor:
    return (source * target).sum(-1)


def _source_target_pairs(_: Autoencoder, source: Tensor, target: Tensor) -> Tensor:
    return (source.chunk(2, dim=-1)[0] * target.chunk(2, dim=-1)[1]).sum(-1)


def _gravity_pairs(model: Autoencoder, source: Tensor, target: Tensor) -> Tensor:
    assert isinstance(model, GravityGAE)
    mass = (source if model.mass == "source" else target)[:, -1]
    distance = (source - target)[:, :-1].square().sum(-1) + model.softening
    return mass - model.distance_weight * distance.log()


def _gravity_model_sum(model: Autoencoder, z: Tensor) -> Tensor:
    assert isinstance(model, GravityGAE)
    return gravity_sum(z, distance_weight=model.distance_weight, softening=model.softening)


class _Blockwise(NamedTuple):
    """A decoder's sum over all pairs, and its scores of P pairs given by two tensors [P, d]."""

    sum: Callable[[Autoencoder, Tensor], Tensor]
    pair_scores: Callable[[Autoencoder, Tensor, Tensor], Tensor]


# Keyed by the method: a subclass with another decoder does not match.
_BLOCKWISE: dict[Callable[..., Tensor], _Blockwise] = {
    GAE.decode: _Blockwise(lambda _, z: inner_product_sum(z), _inner_product_pairs),
    SourceTargetGAE.decode: _Blockwise(lambda _, z: source_target_sum(z), _source_target_pairs),
    GravityGAE.decode: _Blockwise(_gravity_model_sum, _gravity_pairs),
}
