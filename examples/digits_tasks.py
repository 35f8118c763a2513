"""Tasks of one's own, on scikit-learn's digits.

affinity-bench measure --tasks examples/digits_tasks.py --out digits --train_steps 300
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from measurement import task as step_one

IMAGES, DIGITS = (torch.tensor(array) for array in load_digits(return_X_y=True))
IMAGES = IMAGES.float().reshape(-1, 1, 8, 8) / 16
PARTS = {"train": slice(0, 1000), "transfer": slice(1000, 1200), "test": slice(1200, None)}
CURVED = torch.tensor([0, 3, 6, 8, 9])


@dataclass(frozen=True, kw_only=True)
class DigitsTask(step_one.MeasuredTask):
    """A label by a function of images [n, 1, 8, 8] and digits [n]; without classes it is an image."""

    label: Callable[[Tensor, Tensor], Tensor]
    classes: int = 0

    def data(self, part: step_one.Part, *, seed: int) -> step_one.Examples:  # noqa: ARG002  # draws nothing
        """Digits of one part; the parts share none."""
        return step_one.Examples(IMAGES[PARTS[part]], self.label(IMAGES[PARTS[part]], DIGITS[PARTS[part]]))

    def head(self, features: tuple[int, ...]) -> nn.Module:
        """Behind the default encoder, features are 16 × 2 × 2."""
        if self.classes:
            return step_one.VectorHead(features, outputs=self.classes)
        return step_one.MapHead(features, channels=1, upscale=4)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """One loss an image."""
        return (step_one.cross_entropy if self.classes else step_one.squared_error)(output, labels)


TASKS = [
    DigitsTask(name="digit", group="meaning", classes=10, label=lambda _, digits: digits),
    DigitsTask(name="odd", group="meaning", classes=2, label=lambda _, digits: digits % 2),
    DigitsTask(name="curved", group="meaning", classes=2, label=lambda _, d: torch.isin(d, CURVED).long()),
    DigitsTask(name="copy", group="ink", label=lambda images, _: images),
    DigitsTask(name="mirror", group="ink", label=lambda images, _: images.flip(3)),
    DigitsTask(
        name="outline", group="ink", label=lambda images, _: images.diff(dim=3, append=images[..., :1])
    ),
]
