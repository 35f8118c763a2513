"""A synthetic world: affinities of N tasks with a reason, and what is known beforehand."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import FloatMatrix
from lit_models.prior.components import COMPONENTS
from lit_models.prior.homophily import homophily
from lit_models.prior.labels import IntVector, cut, same
from lit_models.prior.measurement_noise import measurement_noise
from lit_models.prior.parts import EVERY_PART, Part
from lit_models.prior.scaling import unit
from lit_models.prior.side_information import CHANNELS, draw_channels
from lit_models.prior.tasks import Tasks, draw_tasks
from lit_models.prior.warps import rounded, saturated, warp

HOMOPHILOUS = 0.65  # of all worlds


class World(NamedTuple):
    """All there is to know of one world.

    Attributes:
        value: [N, N] float64, measured affinities, source × target, higher = better; the diagonal means
            nothing.
        channels: [P, N, N] float64, see :func:`lit_models.prior.side_information.draw_channels`.
    """

    value: FloatMatrix
    channels: npt.NDArray[np.float64]


def draw_world(
    rng: np.random.Generator, count: int, *, channels: int = CHANNELS, parts: frozenset[Part] = EVERY_PART
) -> World:
    """Draw a world.

    Its affinities are a sum of one to four components with random weights, in most worlds led by homophily;
    then come noise and the warp to a unit, in either order, a ceiling now and then, and rounding.

    Args:
        rng: draws it.
        count: N.
        channels: P, the most that is known beforehand.
        parts: of the prior.

    Returns:
        The world.
    """
    homophilous = "homophily" in parts and rng.random() < HOMOPHILOUS
    tasks = draw_tasks(rng, count, homophilous=homophilous)
    worth = _worth(rng, tasks, homophilous=homophilous)
    kind = None
    if "kinds" in parts and rng.random() < 0.25:
        worth, kind = _with_kinds(rng, tasks, worth)
    worth = unit(worth)
    if rng.random() < 0.5:  # targets differ in how much there is to tell
        worth = worth * np.exp(rng.uniform(0.0, 0.6) * rng.normal(size=count))
    noise = measurement_noise(rng, count) if "noise" in parts else np.zeros((count, count))
    value = _in_a_unit(rng, worth, noise) if "warps" in parts else worth + noise
    if "side-information" not in parts:
        return World(value, np.zeros((channels, count, count)))
    known = draw_channels(rng, tasks, value, kind=kind, homophilous=homophilous, most=channels)
    return World(value, known)


def _in_a_unit(rng: np.random.Generator, worth: FloatMatrix, noise: FloatMatrix) -> FloatMatrix:
    """Warp to a unit before or after noise is added; a ceiling and rounding now and then."""
    value = unit(warp(rng, worth)) + noise if rng.random() < 0.4 else warp(rng, worth + noise)
    if rng.random() < 0.08:
        value = saturated(rng, value)
    return rounded(rng, value) if rng.random() < 0.25 else value


def _worth(rng: np.random.Generator, tasks: Tasks, *, homophilous: bool) -> FloatMatrix:
    """What every transfer is worth, before anyone measures it: [N, N] float64."""
    frequency = np.array(list(COMPONENTS.values()))
    number = 1 + rng.choice(4, p=[0.25, 0.35, 0.27, 0.13])
    chosen = rng.choice(len(frequency), number, replace=False, p=frequency / frequency.sum())
    functions = list(COMPONENTS)
    # How much each component counts may differ between targets.
    differs = rng.uniform(0.2, 1.0) if rng.random() < 0.4 else 0.0

    def weighted(part: FloatMatrix, weight: float) -> FloatMatrix:
        of_target = np.exp(differs * rng.normal(size=len(part))) if differs else 1.0
        return np.sqrt(weight) * of_target * unit(part)

    share = rng.beta(5.0, 0.8) if rng.random() < 0.5 else rng.beta(3.0, 1.1)
    weights = rng.dirichlet(np.full(number, 0.8)) * (1.0 - share if homophilous else 1.0)
    parts = [
        weighted(functions[each](rng, tasks), weight) for each, weight in zip(chosen, weights, strict=True)
    ]
    if homophilous:
        parts.append(weighted(homophily(rng, tasks), share))
    return np.sum(parts, axis=0)


def _with_kinds(rng: np.random.Generator, tasks: Tasks, worth: FloatMatrix) -> tuple[FloatMatrix, IntVector]:
    """Let transfers between tasks of one output kind be worth more."""
    role = tasks.source if rng.random() < 0.5 else tasks.target
    number = role @ rng.normal(size=role.shape[1]) + rng.uniform(0.0, 0.7) * rng.normal(size=len(role))
    kind = cut(rng, number, pieces=int(rng.integers(2, 6)))
    return unit(worth) + rng.uniform(0.1, 0.9) * unit(same(kind)), kind
