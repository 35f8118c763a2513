"""The new-target track on a small table."""

import numpy as np
import pandas as pd
import pytest

from datamodules.errors import UserError
from datamodules.load_table import load_table
from recovery.tracks.campaign.entry import find_entry
from recovery.tracks.campaign.scores import spans
from recovery.tracks.new_target.run import STARTS, TRACK, new_targets, run_start


def test_targets_are_new_equally_often() -> None:
    targets = new_targets(load_table("cogtaskonomy"))
    assert len(targets) == STARTS
    counts = np.bincount(targets)
    assert counts.max() - counts[counts > 0].min() <= 1
    assert len(set(targets)) == 12


def test_regret_is_that_of_the_best_measured_source() -> None:
    table = load_table("cogtaskonomy")
    start, again = (run_start(table, find_entry("source-mean"), 0)[0] for _ in range(2))
    assert start == again.model_copy(update={"seconds": start.seconds})
    target = new_targets(table)[0]
    assert start.name == table.task_names[target]
    lost = start.scores["regret"]
    assert lost == sorted(lost, reverse=True)
    # By hand: the first source is the one with the best mean of the other columns' z-scores.
    own = table.value[table.eligible[:, target], target]
    possible = (own.max() - own) / spans(table)[target]
    assert min(abs(possible - lost[0])) < 1e-12


def test_a_matrix_without_four_sources_for_any_target_is_refused() -> None:
    value = np.random.default_rng(0).normal(size=(4, 4))
    table = load_table(pd.DataFrame(value, index=[*"abcd"], columns=[*"abcd"]))
    with pytest.raises(UserError, match="no target has 4 measured sources"):
        TRACK.starts(table)
