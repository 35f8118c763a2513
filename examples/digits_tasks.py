"""Tasks of one's own on scikit-learn's digits: affinity-bench measure --tasks examples/digits_tasks.py --seeds 1"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from datamodules.measure.task import (
    Examples,
    MapHead,
    MeasuredTask,
    Part,
    VectorHead,
    cross_entropy,
    squared_error,
)

IMAGES, DIGITS = (torch.tensor(array) for array in load_digits(return_X_y=True))
IMAGES = IMAGES.float().reshape(-1, 1, 8, 8) / 16
PARTS: dict[Part, slice] = {"train": slice(0, 1000), "transfer": slice(1000, 1200), "test": slice(1200, None)}


@dataclass(frozen=True, kw_only=True)
class DigitsTask(MeasuredTask):
    label: Callable[[Tensor, Tensor], Tensor]  # of images [n, 1, 8, 8] and digits [n]
    classes: int = 0  # 0: the label is an image

    def data(self, part: Part, *, seed: int) -> Examples:  # noqa: ARG002  # nothing here is drawn at random
        images = IMAGES[PARTS[part]]
        return Examples(images, self.label(images, DIGITS[PARTS[part]]))

    def head(self, features: tuple[int, ...]) -> nn.Module:
        if self.classes:
            return VectorHead(features, outputs=self.classes)
        return MapHead(features, channels=1, upscale=4)  # the default encoder's features are 16 × 2 × 2

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return cross_entropy(output, labels) if self.classes else squared_error(output, labels)


TASKS = [
    DigitsTask(name="digit", group="meaning", classes=10, label=lambda _, digit: digit),
    DigitsTask(name="odd", group="meaning", classes=2, label=lambda _, digit: digit % 2),
    DigitsTask(name="round", group="meaning", classes=2, label=lambda _, digit: torch.isin(digit, torch.tensor([0, 6, 8, 9])).long()),
    DigitsTask(name="heavy", group="ink", classes=2, label=lambda image, _: (image.mean((1, 2, 3)) > 0.3).long()),
    DigitsTask(name="copy", group="ink", label=lambda image, _: image),
    DigitsTask(name="mirror", group="ink", label=lambda image, _: image.flip(3)),
    DigitsTask(name="outline", group="ink", label=lambda image, _: (image.diff(dim=3, append=image[..., :1])).abs()),
]
