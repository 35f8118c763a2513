"""Reasons and outlooks say no number that is not known."""

import re

import numpy as np
import pandas as pd
import pytest

from recovery.plan.goals import GOALS
from recovery.plan.planner import Planner

NAMES = ["a", "b", "c", "d"]
BLANK = pd.DataFrame(np.nan, index=NAMES, columns=NAMES)
UNKNOWN = "nothing of this target is measured yet: any source may be the best"


@pytest.mark.parametrize("goal", GOALS)
def test_from_nothing_no_number_is_said(goal: str) -> None:
    planner = Planner(BLANK, goal=goal)
    assert {run.reason for run in planner.ask(12)} == {UNKNOWN}
    assert (
        planner.outlook()
        == {
            "best-source": "Nothing of 4 targets is measured yet: any source may be the best.",
            "heat-map": "12 transfers are open; too little is measured to say how far off they are expected "
            "to be.",
            "shared-sources": "Nothing is measured yet: any sources may be the best to train.",
        }[goal]
    )


def test_a_spread_is_said_once_a_target_has_two_values() -> None:
    planner = Planner(BLANK, targets=["a"])
    planner.tell(("b", "a"), 0.5)
    (run,) = planner.ask(1)
    assert re.fullmatch(r"beats the best so far \(0\.5, b\) with \d+%", run.reason)
    planner.tell(run, 0.7)
    (run,) = planner.ask(1)
    assert re.fullmatch(r"\S+ ± \S+ expected; beats the best so far \(0\.7, .\) with \d+%", run.reason)


def test_targets_without_runs_are_counted_apart(half: pd.DataFrame) -> None:
    part = half.iloc[:8, :6].copy()
    part[part.columns[:2]] = np.nan
    best, heat_map, shared = (Planner(part, goal=goal).outlook() for goal in GOALS)
    assert re.search(r"best source .*\d of 3 targets.*; of 3 others, nothing is measured yet\.$", best)
    assert re.fullmatch(
        r"\d+ transfers are open; 21 of them of targets with nothing measured yet, the others each expected "
        r"within ±0\.\d\d deviations of its target; knowing nothing but .* would be ±1\.",
        heat_map,
    )
    assert shared.startswith("Sources to train, as it looks: ")
    assert re.search(r"change \d of these 3; of 3 targets, nothing is measured yet\.$", shared)
