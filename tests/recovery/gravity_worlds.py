"""Synthetic transfer matrices whose truth is known: tasks attract each other by gravity."""

import numpy as np
import pandas as pd

DIMENSIONS = 3


def gravity_world(*, tasks: int = 30, seed: int = 0, noise: float = 0.1) -> pd.DataFrame:
    """Draw a matrix of losses: the lower, the better a source is for a target.

    Task s helps task t by log(mass of s) − log(squared distance of both), as in the gravity-inspired decoder
    of Salha et al. (CIKM 2019), plus noise. Each target has a loss of its own level and scale, as metrics of
    different tasks do.

    Args:
        tasks: number N of tasks.
        seed: seed of the world.
        noise: standard deviation of the noise in that of the help.

    Returns:
        [N, N] float64: sources as the index, targets as the columns; NaN on the diagonal.

    >>> gravity_world(tasks=4).shape
    (4, 4)
    """
    rng = np.random.default_rng(seed)
    place = rng.normal(size=(tasks, DIMENSIONS))
    log_mass = rng.normal(size=tasks)
    squared = ((place[:, None] - place) ** 2).sum(-1)
    help_ = log_mass[:, None] - np.log(squared + np.eye(tasks))
    help_ = (help_ - help_.mean()) / help_.std()
    help_ += noise * rng.normal(size=help_.shape)
    level, scale = rng.uniform(1.0, 5.0, size=tasks), np.exp(rng.normal(size=tasks))
    loss = level - scale * help_
    np.fill_diagonal(loss, np.nan)
    names = [f"task {number}" for number in range(tasks)]
    return pd.DataFrame(loss, index=pd.Index(names, name="source"), columns=pd.Index(names, name="target"))
