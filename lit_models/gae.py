"""The undirected graph autoencoder and its variational twin (Kipf & Welling, 2016)."""

from typing import ClassVar

from torch import Tensor

from lit_models.autoencoder import Autoencoder, Variational
from lit_models.layers.decoders import inner_product


class GAE(Autoencoder):
    """GAE with inner-product decoder on the symmetrised graph: (i, j) and (j, i) have the same score."""

    directed: ClassVar[bool] = False

    def decode(self, z: Tensor, *, sources: int | None = None) -> Tensor:
        """Inner products, [N, N] float."""
        return inner_product(z, sources=sources)


class VGAE(Variational, GAE):
    """Variational GAE."""
