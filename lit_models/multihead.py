"""An autoencoder with several decoders on one encoder, whose scores are added."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from lit_models.autoencoder import Autoencoder
from lit_models.layers.decoders import inner_product, sides, source_target, squared_distance
from lit_models.layers.encoders import EncoderName

Head = Literal["source-target", "gravity", "gravity-two-places", "symmetric", "source-mass"]
_VECTORS: dict[Head, int] = {"source-target": 2, "gravity": 1, "gravity-two-places": 2, "symmetric": 1}
_SOFTENING = 0.1  # ε of the logarithms, as in GravityGAE


class MultiHeadGAE(Autoencoder):
    """Sum of several decoders, each on its own linear map of the encoder's hidden layer, and a constant.

    Decoders: ``source-target`` ⟨s_i, t_j⟩; ``gravity`` −λ log(‖z_i − z_j‖² + ε); ``gravity-two-places``, the
    same with separate positions as a source and as a target; ``symmetric`` ⟨z_i, z_j⟩; ``source-mass`` m_i.
    Each gravity decoder learns its own λ.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        heads: names of the decoders.
        encoder: ``profile``, ``gcn``, ``dir`` or ``edge``; see :class:`Autoencoder` for this and the
            arguments below.
        width: hidden width of the encoder.
        dim: dimension of every vector.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: whether convolutions take the task's identity.
        hide: share of observed entries that each training step hides from the encoder.
        reconstruction: weight of the reconstruction loss.

    Raises:
        UserError: if ``heads`` is empty or has duplicates, or a number is out of range.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        heads: Sequence[Head] = ("source-target", "gravity", "symmetric", "source-mass"),
        encoder: EncoderName = "profile",
        width: int = 32,
        dim: int = 8,
        dropout: float = 0.1,
        one_hot: bool = True,
        hide: float = 0.0,
        reconstruction: float = 0.0,
    ) -> None:
        if not heads or len(set(heads)) < len(heads):
            raise UserError(
                f"a multi-head model needs at least one head, and each only once; got heads {list(heads)}"
            )
        self.sizes = {head: _VECTORS.get(head, 0) * dim or 1 for head in heads}
        super().__init__(
            num_tasks,
            num_features,
            encoder=encoder,
            width=width,
            dim=dim,
            dropout=dropout,
            one_hot=one_hot,
            hide=hide,
            reconstruction=reconstruction,
        )
        self.constant = nn.Parameter(torch.zeros(()))
        self.distance_weight = nn.Parameter(torch.ones(len(heads)))

    def vector_size(self, dim: int) -> int:  # noqa: ARG002  # already in the sizes
        """Total width of all heads' vectors."""
        return sum(self.sizes.values())

    def decode(self, z: Tensor, *, sources: int | None = None) -> Tensor:
        """Sum of the heads' scores, [N, N] float."""
        vectors = torch.split(z, list(self.sizes.values()), dim=-1)
        scores: Tensor = self.constant
        for head, vector, distance_weight in zip(self.sizes, vectors, self.distance_weight, strict=True):
            scores = scores + _score(head, vector, distance_weight, sources)
        return scores


def _score(head: Head, z: Tensor, distance_weight: Tensor, sources: int | None) -> Tensor:
    match head:
        case "source-target":
            return source_target(z, sources=sources)
        case "symmetric":
            return inner_product(z, sources=sources)
        case "source-mass":
            source, target = sides(z, z, sources=sources)
            return source.expand(-1, len(target))
        case "gravity":
            return -distance_weight * torch.log(squared_distance(*sides(z, z, sources=sources)) + _SOFTENING)
        case "gravity-two-places":
            places = sides(*z.chunk(2, dim=-1), sources=sources)
            return -distance_weight * torch.log(squared_distance(*places) + _SOFTENING)
