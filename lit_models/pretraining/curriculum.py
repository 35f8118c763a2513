"""What changes while a network is trained, as functions of the step: size, depth and learning rate."""

from typing import NamedTuple

import numpy as np

FIRST_STEPS = 500  # on small worlds alone
WARM_UP = 200
COOLING = 0.3  # share of all steps over which the learning rate falls
LOWEST_RATE = 0.01
# From which step on how many layers are in use: a new one starts as nearly the identity (growth by stacking).
DEPTHS = {0: 2, 300: 4, 800: 6, 1_500: 8}
MOST_TASKS = 128
MOST_WORLDS = 400  # of a step: small ones take as long to draw as larger ones


class Size(NamedTuple):
    """Worlds of one step.

    Attributes:
        tasks: N.
        worlds: B.
    """

    tasks: int
    worlds: int


def size_at(step: int, *, seed: int, cells: int) -> Size:
    """Draw how many tasks the worlds of a step have: 6 to 14 at first, then 4 to 128, mostly 8 to 26.

    Args:
        step: from 0.
        seed: of the run.
        cells: of all worlds of a step together, about.

    Returns:
        The size, the same for the same step and seed.

    >>> size_at(5, seed=0, cells=3_000) == size_at(5, seed=0, cells=3_000)
    True
    """
    rng = np.random.default_rng([seed, step, 0])
    draw = rng.random()
    if step < FIRST_STEPS:
        tasks = int(rng.integers(6, 15))
    elif draw < 0.08:
        tasks = int(rng.integers(4, 9))
    elif draw < 0.85:
        tasks = int(rng.integers(8, 27))
    else:
        tasks = round(27 * (MOST_TASKS / 27) ** (rng.random() ** 2))
    return Size(tasks, min(MOST_WORLDS, max(2, round(cells / tasks**2))))


def depth_at(step: int) -> int:
    """Layers in use.

    >>> depth_at(0), depth_at(300), depth_at(1_000_000)
    (2, 4, 8)
    """
    return max(depth for start, depth in DEPTHS.items() if step >= start)


def rate_at(step: int, *, steps: int) -> float:
    """Learning rate as a share of its highest: a warm-up, a plateau, and a straight line down at the end.

    A run that is to go on for longer is given more steps: its rate is on the plateau again
    (warm-up, stable, decay; Hu et al., COLM 2024).

    Args:
        step: from 0.
        steps: of the whole run.

    Returns:
        In (0, 1].

    >>> [round(rate_at(step, steps=10_000), 3) for step in (0, 5_000, 8_500, 9_999)]
    [0.005, 1.0, 0.505, 0.01]
    """
    left = (steps - step) / max(1.0, COOLING * steps)
    return min((step + 1) / WARM_UP, 1.0, LOWEST_RATE + (1.0 - LOWEST_RATE) * max(left, 0.0))
