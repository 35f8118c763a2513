"""The source-target graph autoencoder and its variational twin (Salha et al., CIKM 2019, section 2.4)."""

from typing import ClassVar

from torch import Tensor

from lit_models.autoencoder import Autoencoder, EncoderDecoder, Variational
from lit_models.layers.decoders import source_target


class SourceTarget(EncoderDecoder):
    """Every task has a source vector and a target vector; the score of a transfer is their inner product."""

    vectors_per_task: ClassVar[int] = 2

    def decode(self, z: Tensor, *, sources: int | None = None) -> Tensor:
        """Inner products of source and target vectors, [N, N] float."""
        return source_target(z, sources=sources)


class SourceTargetGAE(SourceTarget, Autoencoder):
    """Source-target GAE whose encoder is chosen by name."""


class SourceTargetVGAE(Variational, SourceTargetGAE):
    """Variational source-target GAE."""
