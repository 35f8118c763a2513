"""The interface of a task to measure: its data, its loss and its head."""

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
        inputs: [n, ...] float32; tasks that are measured together have inputs of the same shape.
        labels: [n, ...], in the form that the task's loss takes.
    """

    inputs: Tensor
    labels: Tensor


@dataclass(frozen=True, kw_only=True)
class MeasuredTask(ABC):
    """One task whose transfers are measured, as a source and as a target.

    A subclass implements three methods. The task's own network consists of encoder and head and is trained on
    the part ``train``; a transfer s → t is a new head of t on the frozen encoder of s, trained on t's part
    ``transfer``; both are evaluated by t's loss on its part ``test``. The parts must be disjoint.

    Attributes:
        name: unique; letters, digits, ``-`` and ``_``.
        group: group of tasks, for the group prior; "" = none.
        kind: kind of output, e.g. ``pixel map``; "" = none.
        title: display name; "" = the name.
        description: one sentence.
        is_target: whether transfers to the task are measured; transfers from it always are.
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
            part: ``train``, ``transfer`` or ``test``.
            seed: seed of all random draws; the same seed must give the same examples.

        Returns:
            Inputs and labels.
        """

    @abstractmethod
    def head(self, features: tuple[int, ...]) -> nn.Module:
        """A new head that maps features to the task's output.

        Args:
            features: shape of the features of one example: (channels, height, width) with the default
                encoder, and twice the channels for a pair of sources.

        Returns:
            A module that maps [n, *features] to the output, with random initial weights from torch's
            generator.
        """

    @abstractmethod
    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """Loss of each example.

        Args:
            output: [n, ...] output of the head.
            labels: [n, ...] labels, as returned by :meth:`data`.

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
    """A readout for pixel maps: two 1 × 1 convolutions, then a pixel shuffle to the map's resolution.

    Args:
        features: (channels, height, width) of one example's features.
        channels: channels of the map.
        upscale: height of the map divided by that of the features.
        hidden: width of the hidden layer.
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
        """Map [n, *features] to [n, channels, upscale · height, upscale · width]."""
        return torch.as_tensor(self.layers(features))


class VectorHead(nn.Module):
    """A readout for vectors or class logits: average pooling to a grid, then a two-layer perceptron.

    Args:
        features: (channels, height, width) of one example's features.
        outputs: length of the vector, or number of classes.
        grid: cells per side of the grid.
        hidden: width of the hidden layer.
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
        """Map [n, *features] to [n, outputs]."""
        return torch.as_tensor(self.layers(features))
