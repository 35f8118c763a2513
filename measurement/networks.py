"""Task-specific networks: one encoder and one head per task."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from measurement.task import MeasuredTask
from measurement.training import LitScheduled, TrainingPlan

MakeEncoder = Callable[[tuple[int, ...]], nn.Module]

WIDTH = 16


def small_encoder(shape: tuple[int, ...]) -> nn.Module:
    """The default encoder: three convolutions that reduce the resolution to a quarter, with a bottleneck.

    A 3 × 32 × 32 image becomes 16 × 8 × 8 features, a third of its numbers, so an encoder cannot keep
    everything.

    Args:
        shape: shape of one input, (channels, height, width); height and width divisible by 4.

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
    # In place; a tenth faster on a CPU.
    layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in torch's stubs
    return layers


class LitTaskNetwork(LitScheduled):
    """Encoder and head of one task, trained end to end.

    Args:
        task: defines the head and the loss.
        encoder: the encoder with its initial weights.
        shape: shape of one input.
        schedule: number of steps, batch size and learning rate.
    """

    def __init__(
        self, *, task: MeasuredTask, encoder: nn.Module, shape: tuple[int, ...], schedule: TrainingPlan
    ) -> None:
        super().__init__(schedule)
        self.task = task
        self.encoder = encoder
        self.head = task.head(feature_shape(encoder, shape))

    def forward(self, inputs: Tensor) -> Tensor:
        """Map inputs [n, *shape] to the task's outputs."""
        return torch.as_tensor(self.head(self.encoder(inputs)))

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """Mean loss of a batch."""
        inputs, labels = batch
        return self.task.loss(self(inputs), labels).mean()


def feature_shape(encoder: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of an encoder's features of one input.

    Args:
        encoder: the encoder.
        shape: shape of one input.

    Returns:
        Shape of the features without the batch dimension.
    """
    with torch.no_grad():
        return tuple(encoder(torch.zeros(1, *shape)).shape[1:])
