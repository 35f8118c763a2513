"""The tasks of mini-driving; each description says what the task predicts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from measurement.mini_driving.arrays import Arrays, Bytes
from measurement.mini_driving.draw import draw, generator
from measurement.mini_driving.pool import pool
from measurement.mini_driving.scenarios import SCENARIOS
from measurement.task import (
    Examples,
    MapHead,
    MeasuredTask,
    Part,
    VectorHead,
    cross_entropy,
    squared_error,
)

GENTLE = 0.2  # m/s²; less is no braking
MAP, VECTOR, CLASS = "pixel map", "vector", "class distribution"

Labels = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class DrivingTask(MeasuredTask):
    """A task on two frames of a scene.

    Attributes:
        label: maps a part's examples to labels [n, ...]; NaN or −1 for examples that have none, which are
            never drawn. Classes are drawn equally often.
        outputs: number of channels of the map, length of the vector, or number of classes.
    """

    label: Callable[[Arrays], Labels]
    outputs: int

    def data(self, part: Part, *, seed: int) -> Examples:
        """Frames with labels; maps and vectors are standardised per channel by the training part."""
        labels = self.label(pool(part))
        rows = draw(labels, part, seed=seed, balanced=self.kind == CLASS)
        inputs = as_input(pool(part)["frames"][rows])
        if self.kind == CLASS:
            return Examples(inputs, torch.tensor(labels[rows], dtype=torch.int64))
        mean, deviation = moments_of(self.label)
        return Examples(inputs, torch.tensor((labels[rows] - mean) / deviation, dtype=torch.float32))

    def head(self, features: tuple[int, ...]) -> nn.Module:
        """A readout that suits the kind of output."""
        if self.kind == MAP:
            return MapHead(features, channels=self.outputs)
        return VectorHead(features, outputs=self.outputs, grid=3)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy for classes, squared error for maps and vectors."""
        return cross_entropy(output, labels) if self.kind == CLASS else squared_error(output, labels)


@dataclass(frozen=True, kw_only=True)
class OrderTask(DrivingTask):
    """Which of the two frames was first; they are exchanged in half of the examples."""

    def data(self, part: Part, *, seed: int) -> Examples:
        """Frames in one order or the other."""
        rows = draw(self.label(pool(part)), part, seed=seed, balanced=False)
        frames = pool(part)["frames"][rows]
        exchanged = generator("order", part, seed=seed).integers(2, size=len(rows))
        frames = np.where(exchanged[:, None, None, None, None] == 1, frames[:, ::-1], frames)
        return Examples(as_input(frames), torch.tensor(exchanged, dtype=torch.int64))


def as_input(frames: Bytes) -> Tensor:
    """Frames [n, 2, 3, 48, 48] from 0 to 255 as inputs [n, 6, 48, 48], 0 for the ground."""
    return torch.tensor(
        (frames.reshape(len(frames), 6, *frames.shape[3:]) - np.float32(100)) / np.float32(50)
    )


@cache
def moments_of(label: Callable[[Arrays], Labels]) -> tuple[Labels, Labels]:
    """Mean and standard deviation of each channel of the training part's labels."""
    labels = label(pool("train"))
    over = tuple(dim for dim in range(labels.ndim) if dim != 1)
    return np.nanmean(labels, over, keepdims=True), np.nanstd(labels, over, keepdims=True) + 1e-6


def mapped(name: str) -> Callable[[Arrays], Labels]:
    """A map of the examples as labels [n, channels, 24, 24], bytes as shares."""

    def label(examples: Arrays) -> Labels:
        maps = examples[name]
        maps = maps / 255 if maps.dtype == np.uint8 else maps
        return maps if maps.ndim == 4 else maps[:, None]

    return label


def number(name: str) -> Callable[[Arrays], Labels]:
    """A number of the examples as labels [n, 1]."""
    return lambda examples: examples[name].reshape(len(examples[name]), -1)


def chosen(name: str) -> Callable[[Arrays], Labels]:
    """A class of the examples as labels [n]."""
    return lambda examples: examples[name]


def unlabelled(examples: Arrays) -> Labels:
    """The same for all examples, for a task that makes its own labels."""
    return np.zeros(len(examples["frames"]))


def pedal(examples: Arrays) -> Labels:
    """Class of the driver model's acceleration: 0 brakes, 1 keeps its speed, 2 speeds up."""
    return np.digitize(examples["acceleration"], [-GENTLE, GENTLE])


def _task(
    name: str,
    group: str,
    kind: str,
    outputs: int,
    label: Callable[[Arrays], Labels],
    title: str,
    words: str,
    *,
    make: type[DrivingTask] = DrivingTask,
) -> DrivingTask:
    return make(
        name=name, group=group, kind=kind, outputs=outputs, label=label, title=title, description=words
    )


TASKS = [
    _task("drivable-area", "perception", MAP, 1, mapped("drivable"), "Drivable area", "Where there is road."),
    _task(
        "lane-markings",
        "perception",
        MAP,
        1,
        mapped("markings"),
        "Lane markings",
        "Where lines are painted on the road.",
    ),
    _task("vehicles", "perception", MAP, 1, mapped("vehicles"), "Vehicles", "Where other vehicles are."),
    _task(
        "ego-lane",
        "perception",
        MAP,
        1,
        mapped("path"),
        "Ego lane",
        "The ego vehicle's lane and the lanes that follow it on its route.",
    ),
    _task(
        "curvature",
        "geometry",
        VECTOR,
        1,
        number("curvature"),
        "Lane curvature",
        "How much the lane bends over the next 15 metres.",
    ),
    _task(
        "heading-error",
        "geometry",
        VECTOR,
        1,
        number("heading_error"),
        "Heading error",
        "The angle between the ego vehicle and its lane.",
    ),
    _task(
        "lateral-offset",
        "geometry",
        VECTOR,
        1,
        number("lateral_offset"),
        "Lateral offset",
        "How far the ego vehicle is from the middle of its lane.",
    ),
    _task(
        "lane-end",
        "geometry",
        VECTOR,
        1,
        number("lane_left"),
        "Distance to the lane's end",
        "How many metres of the lane are left, at most 45.",
    ),
    _task("ego-speed", "motion", VECTOR, 1, number("speed"), "Ego speed", "How fast the ego vehicle drives."),
    _task(
        "velocity-map",
        "motion",
        MAP,
        2,
        mapped("velocity"),
        "Velocity map",
        "How fast the other vehicles drive and where to, at their places.",
    ),
    _task("gap", "motion", VECTOR, 1, number("gap"), "Gap", "The distance to the vehicle ahead."),
    _task(
        "occupancy",
        "prediction",
        MAP,
        1,
        mapped("occupancy"),
        "Occupancy in a second",
        "Where the other vehicles will be in a second.",
    ),
    _task(
        "cut-in",
        "prediction",
        CLASS,
        2,
        chosen("cut_in"),
        "Cut-in",
        "Whether another vehicle will cut in ahead within two seconds.",
    ),
    _task(
        "acceleration",
        "planning",
        CLASS,
        3,
        pedal,
        "Acceleration",
        "Whether the driver model brakes, keeps its speed or speeds up.",
    ),
    _task(
        "steering",
        "planning",
        VECTOR,
        1,
        number("steering"),
        "Steering",
        "By which angle the driver model steers.",
    ),
    _task(
        "trajectory",
        "planning",
        VECTOR,
        8,
        number("plan"),
        "Trajectory",
        "Where the driver model will have driven after 0.5, 1, 1.5 and 2 seconds.",
    ),
    _task(
        "left-lane-free",
        "planning",
        CLASS,
        2,
        chosen("left_free"),
        "Left lane free",
        "Whether there is room for the ego vehicle in the lane to its left.",
    ),
    _task(
        "next-frame",
        "self-supervision",
        MAP,
        3,
        mapped("next_frame"),
        "Next frame",
        "The frame 0.4 seconds later at half the resolution.",
    ),
    _task(
        "frame-order",
        "self-supervision",
        CLASS,
        2,
        unlabelled,
        "Frame order",
        "Which of the two frames was first.",
        make=OrderTask,
    ),
    _task(
        "scenario",
        "scene",
        CLASS,
        len(SCENARIOS),
        chosen("scenario"),
        "Scenario",
        "Which of eight kinds of road it is.",
    ),
]
