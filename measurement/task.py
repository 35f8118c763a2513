"""What a task of one's own must say: its data, its loss and its head."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

Part = Literal["train", "transfer", "test"]


class Examples(NamedTuple):
    """Inputs and labels of one part of a task's data.

    Attributes:
        inputs: [n, ...] float32; all tasks that are measured together share the shape of one input.
        labels: [n, ...], whatever the task's loss takes.
    """

    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True, kw_only=True)
class MeasuredTask(ABC):
    """One task whose transfers are measured, as a source and as a target.

    A subclass has three methods. The network for the task is encoder and head, trained on the part ``train``;
    a transfer s → t is a new head of t on the frozen encoder of s, trained on t's part ``transfer``; both are
    judged by t's loss on its part ``test``. The parts must have nothing in common.

    Attributes:
        name: unique; letters, digits, ``-`` and ``_``.
        group: kind of task, for the group prior; "" = none.
        kind: kind of output, e.g. ``pixel map``; "" = none.
        title: for people; "" = the name.
        description: one sentence.
        is_target: whether transfers onto the task are measured; they are from it in any case.
    """

    name: str
    group: str = ""
    kind: str = ""
    title: str = ""
    description: str = ""
    is_target: bool = True

    @abstractmethod
    def data(self, part: Part, *, seed: int) -> Examples:
        """The examples of one part.

        Args:
            part: which.
            seed: of whatever is drawn at random; the same seed must give the same examples.

        Returns:
            Inputs and labels.
        """

    @abstractmethod
    def head(self, features: tuple[int, ...]) -> nn.Module:
        """A new network from the features of examples to the task's output.

        Args:
            features: shape of the features of one example, (channels, height, width) behind the default
                encoder; behind two encoders at once there are twice the channels.

        Returns:
            A module from [n, *features] to the output, with random initial weights from torch's generator.
        """

    @abstractmethod
    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """How wrong each example's output is.

        Args:
            output: of the head, [n, ...].
            labels: as in ``data``, [n, ...].

        Returns:
            [n] losses, differentiable; lower is better.
        """


def squared_error(output: Tensor, labels: Tensor) -> Tensor:
    """Mean squared error of each example.

    Args:
        output: [n, ...].
        labels: the same shape.

    Returns:
        [n].
    """
    return (output - labels).square().flatten(1).mean(1)


def cross_entropy(output: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of each example.

    Args:
        output: [n, classes] logits.
        labels: [n] int64.

    Returns:
        [n].
    """
    return functional.cross_entropy(output, labels, reduction="none")


class MapHead(nn.Module):
    """A readout of pixel maps: two 1 × 1 convolutions, then each position's outputs are spread over a square.

    Args:
        features: (channels, height, width).
        channels: of the map.
        upscale: the map's height in units of the features'.
        hidden: width of the layer between.
    """

    def __init__(
        self, features: tuple[int, ...], *, channels: int, upscale: int = 2, hidden: int = 32
    ) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(features[0], hidden, kernel_size=1),
            nn.ReLU(),
            nn.Conv2d(hidden, channels * upscale**2, kernel_size=1),
            nn.PixelShuffle(upscale),
        )

    def forward(self, features: Tensor) -> Tensor:
        """From [n, *features] to [n, channels, upscale · height, upscale · width]."""
        return torch.as_tensor(self.layers(features))


class VectorHead(nn.Module):
    """A readout of numbers or class logits: averages over squares of positions, then a perceptron.

    Args:
        features: (channels, height, width).
        outputs: numbers, or classes.
        grid: how many squares a side.
        hidden: width of the layer between.
    """

    def __init__(self, features: tuple[int, ...], *, outputs: int, grid: int = 2, hidden: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AvgPool2d((features[1] // grid, features[2] // grid)),
            nn.Flatten(),
            nn.Linear(features[0] * grid**2, hidden),
            nn.ReLU(),
            nn.Linear(hidden, outputs),
        )

    def forward(self, features: Tensor) -> Tensor:
        """From [n, *features] to [n, outputs]."""
        return torch.as_tensor(self.layers(features))
