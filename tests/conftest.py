"""What every package's tests share."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings

from benchmark.running.trainer import use_threads_for

from .wandb_peer import Peer

os.environ["WANDB_MODE"] = "disabled"  # for what tests start, too; tests of the mirror set their own
# Hypothesis draws the same examples every time, however busy the machine is.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For pytest-xdist: tests that share costly files go to one worker, and the longest start first."""
    for item in items:
        folder = where_files_are_made_once(item)
        if folder and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(folder))
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


def where_files_are_made_once(item: pytest.Item) -> str:
    """Folder or file whose fixture makes files once for several tests, this one among them; or nothing."""
    found = [
        fixture.baseid
        for *_, fixture in item._fixtureinfo.name2fixturedefs.values()
        if fixture.scope in ("session", "module") and "tmp_path_factory" in fixture.argnames
    ]
    return min(found, default="")


@pytest.fixture(scope="session", autouse=True)
def small_matrices_on_one_thread() -> None:
    use_threads_for(25)


@pytest.fixture(autouse=True)
def shared_generators_are_seeded() -> None:
    """So that no test depends on which ones ran before it in its process."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


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
    yield server
    server.stop()
    assert server.unknown == []
