"""The gravity-inspired graph autoencoder and its variational twin (Salha et al., CIKM 2019)."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from lit_models.autoencoder import Autoencoder, Variational
from lit_models.layers.decoders import Mass, gravity
from lit_models.layers.encoders import EncoderName


class GravityGAE(Autoencoder):
    """Gravity-inspired GAE: scores m − λ log(‖z_i − z_j‖² + ε) grow with mass and shrink with distance.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z.
        encoder: ``profile``, ``gcn``, ``dir`` or ``edge``.
        width: hidden width of the encoder.
        dim: dimension of a task's position; the mass is one more.
        dropout: dropout rate of the encoder, in [0, 1).
        one_hot: see :class:`Autoencoder`.
        hide: see :class:`Autoencoder`.
        reconstruction: see :class:`Autoencoder`.
        mass: task whose mass is added: the transfer's ``source``, or its ``target`` as in the paper.
        distance_weight: λ, or its initial value.
        learn_distance_weight: learn λ.
        softening: ε of the logarithm; 0.01 in the authors' code.
    """

    scalars_per_task: ClassVar[int] = 1

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        encoder: EncoderName = "profile",
        width: int = 32,
        dim: int = 8,
        dropout: float = 0.1,
        one_hot: bool = True,
        hide: float = 0.0,
        reconstruction: float = 0.0,
        mass: Mass = "source",
        distance_weight: float = 1.0,
        learn_distance_weight: bool = False,
        softening: float = 0.1,
    ) -> None:
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
        self.mass: Mass = mass
        self.distance_weight: float | nn.Parameter = (
            nn.Parameter(torch.tensor(distance_weight)) if learn_distance_weight else distance_weight
        )
        self.softening = softening

    def decode(self, z: Tensor, *, sources: int | None = None) -> Tensor:
        """Gravity scores, [N, N] float."""
        return gravity(
            z,
            mass=self.mass,
            distance_weight=self.distance_weight,
            softening=self.softening,
            sources=sources,
        )


class GravityVGAE(Variational, GravityGAE):
    """Variational gravity GAE."""
