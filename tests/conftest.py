"""What every package's tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmark.running.trainer import use_threads_for

from .wandb_peer import Peer

os.environ["WANDB_MODE"] = "disabled"  # for what tests start, too; tests of the mirror set their own


@pytest.fixture(scope="session", autouse=True)
def small_matrices_on_one_thread() -> None:
    use_threads_for(25)


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
