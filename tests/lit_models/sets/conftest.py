"""A small episode of sets."""

import numpy as np
import pytest

from datamodules.load_table import load_table
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.protocol import make_set_splits
from datamodules.sets.set_graph import SetEpisode
from datamodules.sets.task_sets import TaskSets, make_sets


@pytest.fixture(scope="session")
def additive_sets() -> TaskSets:
    """Eight tasks; a set of two to four gives the sum of what its sources give alone."""
    rng = np.random.default_rng(0)
    value = rng.normal(size=(8, 8))
    table = load_table(value)
    sources, target, total = [], [], []
    for row in range(240):
        head = row % 8
        own = sorted(rng.permutation([i for i in range(8) if i != head])[: 2 + row // 8 % 3].tolist())
        sources.append([table.task_names[i] for i in own])
        target.append(table.task_names[head])
        total.append(value[own, head].sum())
    return make_sets(table, sources=sources, target=target, value=np.array(total), together=False)


@pytest.fixture(scope="session")
def episode(additive_sets: TaskSets) -> SetEpisode:
    splits = make_set_splits(additive_sets, setting="random")[:1]
    return SetDataModule(sets=additive_sets, splits=splits).episode(0)
