"""The budget track on a small table."""

import numpy as np
import pytest

from datamodules.load_table import load_table
from recovery.strategies.registry import STRATEGIES
from recovery.tracks.budget.run import SET_UP, SHARES, TRACK, run_start
from recovery.tracks.campaign.entry import find_entry


def test_campaigns_go_from_nothing_and_from_a_tenth() -> None:
    table = load_table("tagging-cotraining")
    found = run_start(table, find_entry("round-robin"), 0)
    assert [start.name for start in found] == list(SHARES)
    for start in found:
        assert start.points == list(SHARES[start.name])
        assert all(len(scores) == len(start.points) for scores in start.scores.values())
        assert all(0.0 <= each <= 1.0 for each in start.scores["regret"])
        runs = np.round(np.array(start.points) * table.eligible.sum())
        sources = (np.array(start.scores["cost"]) - runs) / SET_UP
        assert sources == pytest.approx(np.round(sources))
        assert sources.max() <= 10


def test_large_tables_have_a_shorter_list_and_as_many_starts() -> None:
    small, large = load_table("tagging-cotraining"), load_table("langrank-mt")
    assert set(TRACK.strategies(large)) < set(TRACK.strategies(small)) < set(STRATEGIES)
    assert TRACK.starts(large) == TRACK.starts(small) == 21
