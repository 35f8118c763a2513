"""Task-specific modelling: one encoder and one head for each task."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from measurement.task import MeasuredTask
from measurement.training import LitScheduled, TrainingPlan

MakeEncoder = Callable[[tuple[int, ...]], nn.Module]

WIDTH = 16


def small_encoder(shape: tuple[int, ...]) -> nn.Module:
    """The default encoder: three convolutions to a quarter of the resolution, narrow at the end.

    A 3 × 32 × 32 image becomes 16 × 8 × 8 features, a third of its numbers, so that an encoder must choose.

    Args:
        shape: of one input, (channels, height, width); the last two divisible by 4.

    Returns:
        The encoder with random initial weights.
    """
    layers = nn.Sequential(
        nn.Conv2d(shape[0], 16, kernel_size=3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, WIDTH, kernel_size=3, padding=1),
    )
    # A tenth faster on a CPU; in place.
    layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in torch's stubs
    return layers


class LitTaskNetwork(LitScheduled):
    """Encoder and head of one task, trained end to end.

    Args:
        task: gives the head and the loss.
        encoder: with its initial weights.
        shape: of one input.
        schedule: how long and how fast.
    """

    def __init__(
        self, *, task: MeasuredTask, encoder: nn.Module, shape: tuple[int, ...], schedule: TrainingPlan
    ) -> None:
        super().__init__(schedule)
        self.task = task
        self.encoder = encoder
        self.head = task.head(feature_shape(encoder, shape))

    def forward(self, inputs: Tensor) -> Tensor:
        """From [n, *shape] to the task's outputs."""
        return torch.as_tensor(self.head(self.encoder(inputs)))

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Mean loss of a batch."""
        inputs, labels = batch
        return self.task.loss(self(inputs), labels).mean()


def feature_shape(encoder: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of what an encoder makes of one input.

    Args:
        encoder: the encoder.
        shape: of one input.

    Returns:
        Shape of the features, without the dimension of examples.
    """
    with torch.no_grad():
        return tuple(encoder(torch.zeros(1, *shape)).shape[1:])
