"""What a model that knows its own uncertainty says of every transfer."""

from typing import NamedTuple

from torch import Tensor


class Predictive(NamedTuple):
    """Mean and standard deviation of each transfer's affinity, in standardised units.

    Attributes:
        mean: [N, N] float, source × target, higher = better.
        scale: [N, N] float, positive.
    """

    mean: Tensor
    scale: Tensor
