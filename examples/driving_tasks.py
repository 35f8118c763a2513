"""A task of one's own beside those of mini-driving, on the same scenes.

affinity-bench measure --tasks examples/driving_tasks.py --out driving
"""

import numpy as np

from measurement.mini_driving import tasks as shipped
from measurement.mini_driving.arrays import Arrays


def traffic(examples: Arrays) -> shipped.Labels:
    """How much of the view other vehicles cover: [n, 1] of maps [n, 24, 24]."""
    return examples["vehicles"].mean((1, 2))[:, None]


def oncoming(examples: Arrays) -> shipped.Labels:
    """Whether a vehicle comes towards the ego vehicle: [n] of velocities [n, 2, 24, 24] in m/s."""
    return (examples["velocity"][:, 0].min((1, 2)) < -2).astype(np.int64)


TASKS = [
    *shipped.TASKS,
    shipped.DrivingTask(name="traffic", group="perception", kind=shipped.VECTOR, outputs=1, label=traffic),
    shipped.DrivingTask(name="oncoming", group="motion", kind=shipped.CLASS, outputs=2, label=oncoming),
]
