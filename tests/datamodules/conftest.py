"""Small tables of known make, beside the real one."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from datamodules.affinity_table import AffinityTable
from datamodules.tables.taskonomy import TASKONOMY


@pytest.fixture
def make_table() -> Callable[[NDArray[np.bool_]], AffinityTable]:
    """A table of random affinities whose eligible entries are the given ones; every fourth task is bare."""

    def make(eligible: NDArray[np.bool_]) -> AffinityTable:
        size = len(eligible)
        value = np.random.default_rng(size).normal(loc=3.0, scale=2.0, size=(size, size))
        return AffinityTable(
            name="made-up",
            regime="only",
            label="normal",
            unit="none",
            task_names=tuple(f"task {i}" for i in range(size)),
            value=np.where(eligible, value, np.nan),
            eligible=eligible,
            groups=tuple(("alpha", "beta", "alpha", "")[i % 4] for i in range(size)),
            kinds=tuple(("map", "vector", "text", "")[i % 4] for i in range(size)),
        )

    return make


@pytest.fixture(scope="session")
def taskonomy() -> AffinityTable:
    return TASKONOMY.read(regime="16k", label="ahp")


@pytest.fixture(params=["taskonomy", "square", "bipartite"])
def table(
    request: pytest.FixtureRequest,
    taskonomy: AffinityTable,
    make_table: Callable[[NDArray[np.bool_]], AffinityTable],
) -> AffinityTable:
    """A rectangular real table, a square one and a bipartite one with a missing cell."""
    if request.param == "taskonomy":
        return taskonomy
    if request.param == "square":
        return make_table(~np.eye(11, dtype=bool))
    source = np.arange(20) % 5 < 3
    eligible = source[:, None] & ~source[None, :]
    eligible[0, 3] = False
    return make_table(eligible)
