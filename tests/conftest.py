"""What every package's tests share."""

import gc
import os
import random
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import settings

from benchmark.running.trainer import use_threads_for

from .wandb_peer import Peer

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

os.environ["WANDB_MODE"] = "disabled"  # for what tests start, too; tests of the mirror set their own
# Hypothesis draws the same examples every time, however busy the machine is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests of model variants last: their small groups keep all workers busy until the end."""
    items.sort(key=lambda item: "variant" in item.fixturenames)


def pytest_collection() -> None:
    """Spare the garbage collector what collection makes: that stays until the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist is
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "LoadScopeScheduling":
    """Share tests out by what they make once."""
    from .shared_out import ByFileOrVariant

    config.option.loadscopereorder = False  # the order above
    return ByFileOrVariant(config, log)


@pytest.fixture(scope="session", autouse=True)
def small_matrices_on_one_thread() -> None:
    use_threads_for(25)


@pytest.fixture(scope="session", autouse=True)
def installed_packages_are_looked_through_once() -> Iterator[None]:
    """Each of Lightning's trainers looks for callbacks that packages bring, which takes a while."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("lightning_fabric.utilities.registry.entry_points", cache(entry_points))
        yield


@pytest.fixture(autouse=True)
def generators_are_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no test depends on which ones ran before it in its process, nor on the system's randomness."""
    monkeypatch.setattr("benchmark.verifying.rerun_split.UNPREDICTABLE", random.Random(0))
    random.seed(0)
    np.random.seed(0)
    torch.default_generator.manual_seed(0)  # `torch.manual_seed` keeps a stack trace for each accelerator


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Peer]:
    """A Weights & Biases server on the loopback, an account on it, and a home of one's own."""
    server = Peer()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANDB_BASE_URL", server.url)
    monkeypatch.setenv("WANDB_API_KEY", server.key)
    for name in ("WANDB_ENTITY", "WANDB_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    _forget_the_server()
    yield server
    _forget_the_server()
    server.stop()
    assert server.unknown == []


def _forget_the_server() -> None:
    """The client reads once in a process where the server is, which another test may have moved."""
    if client := sys.modules.get("wandb"):
        client.teardown()
