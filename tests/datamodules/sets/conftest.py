"""A small table of sets."""

import numpy as np
import pytest

from datamodules.load_table import load_table
from datamodules.sets.task_sets import TaskSets, make_sets

NAMES = [f"task-{i}" for i in range(6)]


@pytest.fixture
def small_sets() -> TaskSets:
    """Six tasks, 20 sets of two to four sources for each of the first three."""
    rng = np.random.default_rng(0)
    sources, target = [], []
    while len(target) < 60:
        head = len(target) % 3
        own = sorted(rng.permutation([i for i in range(6) if i != head])[: 2 + len(target) // 3 % 3].tolist())
        target.append(NAMES[head])
        sources.append([NAMES[i] for i in own])
    table = load_table(rng.normal(size=(6, 6)))
    return make_sets(table, sources=sources, target=target, value=rng.normal(size=60), together=True)
