"""The pool of examples of each part: made once from seeds, then kept in the user's cache."""

import hashlib
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from measurement.meaning import meaning_of_code
from measurement.mini_driving.arrays import Arrays
from measurement.mini_driving.examples import examples_of
from measurement.mini_driving.scenarios import SCENARIOS, refuse_without_simulator
from measurement.task import Part

# Episodes of every scenario.
EPISODES: dict[Part, int] = {"train": 40, "transfer": 12, "test": 16}

HERE = Path(__file__).parent
CODE = ("arrays.py", "scenarios.py", "drive.py", "paint.py", "examples.py", "pool.py")
PACKAGES = ("highway-env", "pygame-ce", "numpy")


@cache
def pool(part: Part) -> Arrays:
    """All examples of a part, made from the episodes' seeds the first time, which takes minutes.

    Args:
        part: ``train``, ``transfer`` or ``test``.

    Returns:
        Arrays over the examples; see :func:`measurement.mini_driving.examples.examples_of`.

    Raises:
        UserError: if highway-env is not installed.
    """
    path = pool_file(part)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            unfinished = path.with_suffix(".unfinished.npz")
            arrays: dict[str, Any] = make(part, EPISODES[part])
            np.savez_compressed(unfinished, **arrays)
            unfinished.replace(path)
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def make(part: Part, episodes: int) -> Arrays:
    """Simulate the first episodes of every scenario.

    Args:
        part: part of the data.
        episodes: number of episodes of each scenario.

    Returns:
        Arrays over all examples.
    """
    made = [
        examples
        for scenario in range(len(SCENARIOS))
        for episode in range(episodes)
        if len((examples := examples_of(scenario, part, episode))["scenario"])
    ]
    return {name: np.concatenate([each[name] for each in made]) for name in made[0]}


def digest(arrays: Arrays, name: str = "frames") -> str:
    """SHA-256 in hexadecimal of one of the arrays."""
    return hashlib.sha256(np.ascontiguousarray(arrays[name]).tobytes()).hexdigest()


def pool_file(part: Part) -> Path:
    """Where a part's examples are kept; other code or another version of the simulator has another file."""
    refuse_without_simulator()
    cached = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    code = meaning_of_code([HERE / name for name in CODE])
    versions = [version(package) for package in PACKAGES]
    made_by = hashlib.sha256(repr((code, versions)).encode()).hexdigest()
    return cached / "affinity-bench" / "mini-driving" / f"{part}-{made_by[:16]}.npz"
