"""What the card of mini-vision says of its table, and that the table is of the tasks as they are here."""

import numpy as np
import pandas as pd
import pytest

from datamodules.tables.mini_vision import MINI_VISION
from measurement.jobs import PSEUDO_SOURCES
from measurement.mini_vision.draw import COUNTS
from measurement.mini_vision.tasks import TASKS
from measurement.outcome import ALL_SEEDS, retest, tasks_table

from .published import agreement, card_table

NAME = "mini-vision"


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(MINI_VISION.folder / "transfers.csv")


def test_tasks_are_those_that_make_measure_measures() -> None:
    committed = pd.read_csv(MINI_VISION.folder / "tasks.csv")
    pd.testing.assert_frame_equal(committed, tasks_table(TASKS))
    assert [row[:2] for row in card_table(NAME, "| part |")] == [
        [part, str(count)] for part, count in COUNTS.items()
    ]


def test_every_target_has_every_source_and_pairs_of_three(transfers: pd.DataFrame) -> None:
    names = {task.name for task in TASKS}
    for _, rows in transfers.groupby(["regime", "target"]):
        single = set(rows.sources[~rows.sources.str.contains(";")])
        assert single == names | set(PSEUDO_SOURCES)
        assert len(rows) == len(single) + 3
        np.testing.assert_allclose(rows.ahp.sum(), 1.0, atol=1e-4)
    assert set(transfers.target) == names


def test_repetitions_agree_as_the_card_says(transfers: pd.DataFrame) -> None:
    agreement = retest(transfers)
    rows = [[target, f"{value:.3f}"] for target, value in sorted(agreement.items())]
    assert card_table(NAME, "| target | retest |") == [*rows, ["mean", f"{agreement.mean():.3f}"]]
    assert agreement.mean() >= 0.8
    assert agreement.min() >= 0.5


def test_ones_own_encoder_is_better_than_a_random_one(transfers: pd.DataFrame) -> None:
    rows = transfers[transfers.regime == ALL_SEEDS].pivot(index="sources", columns="target", values="ahp")
    own = pd.Series({target: rows.loc[target, target] for target in rows})
    assert (own > rows.loc["random"]).all()


def test_the_matrix_is_square_and_whole() -> None:
    table = MINI_VISION.read(regime=ALL_SEEDS, label="ahp")
    assert table.eligible.sum() == 18 * 17
    assert np.isfinite(table.value[table.eligible]).all()


def test_single_seeds_are_replicates_of_all_of_them() -> None:
    """Their mean ranks sources as the tournament over all seeds does; a seed itself has no replicates."""
    table = MINI_VISION.read(label="ahp")
    replicates = table.replicates
    assert replicates is not None
    assert replicates.runs is not None
    for run, seed in zip(replicates.runs, MINI_VISION.retests, strict=True):
        alone = MINI_VISION.read(regime=seed, label="ahp")
        np.testing.assert_array_equal(run, alone.value)
        assert alone.replicates is None
    assert (replicates.count == np.where(table.eligible, 3, 0)).all()
    assert agreement(table, replicates.runs.mean(axis=0), table.value) > 0.99
