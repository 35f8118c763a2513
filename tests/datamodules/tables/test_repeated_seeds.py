"""What the cards of the worlds say of their tables, and that these are of the tasks as they are here."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from datamodules.registry import DATASETS
from datamodules.tables.dataset import Dataset
from datamodules.tables.repeated_seeds import RepeatedSeeds
from measurement.jobs import PSEUDO_SOURCES
from measurement.outcome import ALL_SEEDS, retest, tasks_table
from measurement.worlds import WORLDS

from .published import agreement, card_table

pytestmark = pytest.mark.parametrize("name", WORLDS)


def transfers_of(name: str) -> pd.DataFrame:
    return pd.read_csv(DATASETS[name].folder / "transfers.csv")


def dataset(name: str) -> Dataset:
    assert isinstance(DATASETS[name], RepeatedSeeds)
    return DATASETS[name]


def test_tasks_are_those_that_make_measure_measures(name: str) -> None:
    committed = pd.read_csv(DATASETS[name].folder / "tasks.csv")
    pd.testing.assert_frame_equal(committed, tasks_table(WORLDS[name].tasks))
    counts = import_module(f"measurement.{WORLDS[name].folder.name}.draw").COUNTS
    assert [row[:2] for row in card_table(name, "| part |")] == [
        [part, str(count)] for part, count in counts.items()
    ]


def test_every_target_has_every_source_and_pairs_of_three(name: str) -> None:
    names = {task.name for task in WORLDS[name].tasks}
    transfers = transfers_of(name)
    for _, rows in transfers.groupby(["regime", "target"]):
        single = set(rows.sources[~rows.sources.str.contains(";")])
        assert single == names | set(PSEUDO_SOURCES)
        assert len(rows) == len(single) + 3
        np.testing.assert_allclose(rows.ahp.sum(), 1.0, atol=1e-4)
    assert set(transfers.target) == names


def test_repetitions_agree_as_the_card_says(name: str) -> None:
    between = retest(transfers_of(name))
    rows = [[target, f"{value:.3f}"] for target, value in sorted(between.items())]
    assert card_table(name, "| target | retest |") == [*rows, ["mean", f"{between.mean():.3f}"]]
    assert between.mean() >= 0.8
    assert between.min() >= 0.5


def test_ones_own_encoder_is_better_than_a_random_one(name: str) -> None:
    transfers = transfers_of(name)
    rows = transfers[transfers.regime == ALL_SEEDS].pivot(index="sources", columns="target", values="ahp")
    own = pd.Series({target: rows.loc[target, target] for target in rows})
    assert (own > rows.loc["random"]).all()


def test_the_matrix_is_square_and_whole(name: str) -> None:
    table = dataset(name).read(regime=ALL_SEEDS, label="ahp")
    tasks = len(WORLDS[name].tasks)
    assert table.eligible.sum() == tasks * (tasks - 1)
    assert np.isfinite(table.value[table.eligible]).all()


def test_single_seeds_are_replicates_of_all_of_them(name: str) -> None:
    """Their mean ranks sources as the tournament over all seeds does; a seed itself has no replicates."""
    table = dataset(name).read(label="ahp")
    replicates = table.replicates
    assert replicates is not None
    assert replicates.runs is not None
    for run, seed in zip(replicates.runs, dataset(name).retests, strict=True):
        alone = dataset(name).read(regime=seed, label="ahp")
        np.testing.assert_array_equal(run, alone.value)
        assert alone.replicates is None
    assert (replicates.count == np.where(table.eligible, 3, 0)).all()
    assert agreement(table, replicates.runs.mean(axis=0), table.value) > 0.99
