"""Frames, maps and numbers of every moment of an episode."""

import math
from functools import cache

import numpy as np

from measurement.mini_driving.arrays import Arrays, Bytes, FloatArray
from measurement.mini_driving.drive import HORIZON, SPAN, WATCHED, Episode, Moment, drive
from measurement.mini_driving.paint import LENGTH, MAP, Canvas, filled, pooled, rectangles, to_ego
from measurement.mini_driving.scenarios import SCENARIOS
from measurement.task import Part


def examples_of(scenario: int, part: Part, episode: int) -> Arrays:
    """All examples of one episode.

    Args:
        scenario: number of the scenario.
        part: part of the data.
        episode: number of the episode.

    Returns:
        Arrays over its moments. ``frames`` [n, 2, 3, 48, 48]: a moment and, before it, 0.4 seconds earlier;
        ``next_frame`` [n, 3, 24, 24]: 0.4 seconds later; ``drivable``, ``markings``, ``vehicles``, ``path``
        and ``occupancy`` (the vehicles a second later) [n, 24, 24], all uint8 from 0 to 255; ``velocity``
        [n, 2, 24, 24]: speed over ground ahead and to the right at the vehicles' places, in m/s; ``plan``
        [n, 4, 2]: where the ego vehicle will be after 0.5, 1, 1.5 and 2 seconds, metres ahead and to the
        right; and one number per moment under each other name, in metres, seconds and radians.
    """
    driven = drive(scenario, part, episode)
    canvas = _canvas(scenario, part)
    rows = [_example(driven, moment, canvas) for moment in driven.moments]
    names = rows[0] if rows else []
    made = {name: np.stack([row[name] for row in rows]) for name in names}
    return made | {"scenario": np.full(len(rows), scenario), "episode": np.full(len(rows), episode)}


@cache
def _canvas(scenario: int, part: Part) -> Canvas:
    """The scenario's road, which is the same in all episodes of a part."""
    environment = SCENARIOS[scenario].make(part)
    environment.reset(seed=0)
    return Canvas(environment.road.network)


def _example(driven: Episode, moment: Moment, canvas: Canvas) -> Arrays:
    step, ego = moment.step, driven.ego
    poses = driven.poses[step]
    own = poses[ego]
    others = np.delete(poses, ego, axis=0)
    later = np.delete(driven.poses[step + HORIZON], ego, axis=0)
    places = filled(list(to_ego(rectangles(others), own)))
    way = np.concatenate([moment.path[:, :2], moment.path[::-1, 2:]])
    frames = [canvas.frame(driven.poses[at], ego) for at in (step - SPAN, step, step + SPAN)]
    half = frames[2].reshape(3, MAP, 2, MAP, 2).mean((2, 4))
    return {
        "frames": np.stack(frames[:2]),
        "next_frame": np.round(half).astype(np.uint8),
        "drivable": canvas.static(canvas.drivable, own),
        "markings": canvas.static(canvas.markings, own),
        "vehicles": pooled(255.0 * (places > 0), MAP),
        "path": pooled(255.0 * filled([to_ego(way, own)]), MAP),
        "occupancy": pooled(255.0 * (filled(list(to_ego(rectangles(later), own))) > 0), MAP),
        "velocity": velocity_map(others, own, places).astype(np.float32),
        "speed": np.array(own[3]),
        "heading_error": np.array(moment.heading_error),
        "lateral_offset": np.array(moment.lateral_offset),
        "curvature": np.array(moment.curvature),
        "lane_left": np.array(moment.lane_left),
        "acceleration": np.array(moment.acceleration),
        "steering": np.array(moment.steering),
        "plan": to_ego(driven.poses[step + HORIZON // 2 : step + WATCHED + 1 : HORIZON // 2, ego, :2], own),
        "left_free": np.array(moment.left_free),
        "cut_in": np.array(int(driven.cut_in(moment))),
        "gap": np.array(gap(driven, step)),
    }


def gap(driven: Episode, step: int) -> float:
    """Metres from the ego vehicle's bumper to its leader's; NaN if there is none."""
    leader = driven.leader[step]
    if leader < 0:
        return math.nan
    apart = driven.poses[step, leader, :2] - driven.poses[step, driven.ego, :2]
    return max(float(np.hypot(*apart)) - LENGTH, 0.0)


def _over_ground(poses: FloatArray) -> FloatArray:
    """Velocity of poses [..., 5] in m/s: [..., 2]."""
    direction = np.stack([np.cos(poses[..., 2]), np.sin(poses[..., 2])], axis=-1)
    return np.asarray(poses[..., 3, None] * direction)


def velocity_map(others: FloatArray, own: FloatArray, places: Bytes) -> FloatArray:
    """Speed over ground ahead and to the right, [2, 24, 24] m/s, 0 where no vehicle is.

    Args:
        others: [vehicles, 5], poses of the other vehicles.
        own: [5], pose of the ego vehicle.
        places: which of them is where, see :func:`measurement.mini_driving.paint.filled`.
    """
    turned = to_ego(_over_ground(others) + own[:2], own)
    of_place = np.concatenate([np.zeros((1, 2)), turned])[places]
    fine = np.moveaxis(of_place, -1, 0)
    square = len(places) // MAP
    return np.asarray(fine.reshape(2, MAP, square, MAP, square).mean((2, 4)))
