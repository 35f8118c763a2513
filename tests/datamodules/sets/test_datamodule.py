"""Episodes of task sets."""

from dataclasses import replace

import numpy as np
import torch

from datamodules.sets.datamodule import SetDataModule, standardised
from datamodules.sets.protocol import make_set_splits
from datamodules.sets.task_sets import TaskSets


def test_hidden_values_are_not_in_an_episode(small_sets: TaskSets) -> None:
    splits = make_set_splits(small_sets, setting="random", pairs="2/3")
    changed = replace(small_sets, value=np.where(splits[0].query, 99.0, small_sets.value))
    one, other = (SetDataModule(sets=sets, splits=splits).episode(0) for sets in (small_sets, changed))
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(one.sets, other.sets, strict=True))
    assert not one.sets.value[~one.sets.observed].any()
    assert torch.equal(one.graph.observed, torch.tensor(splits[0].pairs))
    assert not one.graph.affinity[~one.graph.observed].any()


def test_values_are_z_scores_per_target_over_the_observed(small_sets: TaskSets) -> None:
    split = make_set_splits(small_sets, setting="random")[0]
    value = standardised(small_sets, split)
    for target in range(3):
        own = value[split.observed & (small_sets.target == target)]
        assert abs(own.mean()) < 1e-12
        assert abs(own.std() - 1) < 1e-12
