"""From losses to tables: one tournament over all seeds, and how well seeds agree."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datamodules.affinity_table import Label
from datamodules.own_matrix.table import read_own_table
from datamodules.tables.dataset import Dataset
from measurement.ahp import ahp, tournament
from measurement.campaign import Campaign
from measurement.games import read_games
from measurement.jobs import PSEUDO_SOURCES
from measurement.outcome import (
    ALL_SEEDS,
    affinity_matrix,
    gather_losses,
    retest,
    single_sources,
    transfers_table,
)
from measurement.task_file import load_tasks
from measurement.writing import write_outcome

COLUMNS = ["regime", "sources", "target", "ahp", "wins_vs_pixels", "wins_vs_task", "loss"]


@pytest.fixture(scope="module")
def losses(campaign: Campaign) -> pd.DataFrame:
    return gather_losses(load_tasks(campaign.tasks).tasks, campaign.folder, seeds=2, restarts=1)


@pytest.fixture(scope="module")
def transfers(losses: pd.DataFrame) -> pd.DataFrame:
    return transfers_table(losses)


def test_every_regime_has_every_transfer(transfers: pd.DataFrame) -> None:
    assert list(transfers) == COLUMNS
    assert set(transfers.regime) == {ALL_SEEDS, "seed-0", "seed-1"}
    # 6 tasks, 3 pseudo-sources and 3 pairs onto each of 6 targets
    assert set(transfers.groupby(["regime", "target"]).size()) == {12}
    np.testing.assert_allclose(transfers.groupby(["regime", "target"]).ahp.sum(), 1.0)
    assert (transfers.wins_vs_pixels[transfers.sources == "pixels"] == 0.5).all()
    assert (transfers.wins_vs_task[transfers.sources == "self"] == 0.5).all()


def test_all_seeds_play_one_tournament(losses: pd.DataFrame, transfers: pd.DataFrame) -> None:
    rows = losses[losses.target == "outline"]
    by_seed = [
        rows[rows.seed == seed].pivot(index="source", columns="sample", values="loss").dropna()
        for seed in range(2)
    ]
    wins = np.mean([tournament(matrix.to_numpy()) for matrix in by_seed], axis=0)
    mine = transfers[(transfers.regime == ALL_SEEDS) & (transfers.target == "outline")]
    np.testing.assert_allclose(mine.ahp, ahp(wins).share, rtol=1e-9)
    assert mine.sources.tolist() == by_seed[0].index.tolist() == by_seed[1].index.tolist()


def test_repetitions_of_one_seed_are_pooled(campaign: Campaign, transfers: pd.DataFrame) -> None:
    pooled = transfers_table(
        gather_losses(load_tasks(campaign.tasks).tasks, campaign.folder, seeds=1, restarts=2)
    )
    assert set(pooled.regime) == {ALL_SEEDS, "seed-0"}
    expected = transfers[transfers.regime == ALL_SEEDS].drop(columns="regime")
    for _, rows in pooled.groupby("regime"):
        pd.testing.assert_frame_equal(rows.drop(columns="regime").reset_index(drop=True), expected)


def test_retest_by_hand() -> None:
    def column(regime: str, values: list[float]) -> list[tuple[str, str, str, float]]:
        sources = ["a", "b", "c", "d", "t", "self", "a;b"]
        return [(regime, s, "t", v) for s, v in zip(sources, [*values, 9.0, 9.0, 9.0], strict=True)]

    rows = column(ALL_SEEDS, [0, 0, 0, 0]) + column("seed-0", [1, 2, 3, 4]) + column("seed-1", [1, 2, 4, 3])
    table = pd.DataFrame(rows, columns=["regime", "sources", "target", "ahp"])
    assert set(single_sources(table).sources) == {"a", "b", "c", "d"}
    assert retest(table).to_dict() == pytest.approx({"t": 0.8})
    assert retest(table[table.regime != "seed-1"]).empty


def measured_dataset(campaign: Campaign) -> Dataset:
    """The folder ``table`` as a dataset that is shipped."""

    class Measured(Dataset):
        @property
        def folder(self) -> Path:
            return campaign.folder / "table"

    return Measured(
        name="digits",
        field="vision",
        regimes=(ALL_SEEDS,),
        labels={"ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log)},
        pseudo_sources=PSEUDO_SOURCES,
    )


def test_what_is_written_can_be_benchmarked_and_normalised_again(campaign: Campaign) -> None:
    agreement = write_outcome(campaign)
    tasks = load_tasks(campaign.tasks).tasks
    assert set(agreement.index) == {task.name for task in tasks}
    table = read_own_table(campaign.folder / "affinity.csv", tasks=campaign.folder / "tasks.csv")
    transfers = pd.read_csv(campaign.folder / "table" / "transfers.csv")
    matrix = affinity_matrix(transfers, tasks)
    order = list(table.task_names)
    np.testing.assert_allclose(table.value, matrix.loc[order, order].to_numpy(), rtol=1e-5)
    assert set(table.groups) == {"meaning", "ink"}
    assert table.vectors["task2vec"].shape == (6, 2 * 64)  # filters of the encoder, of both repetitions
    cka = table.similarities["representation"]
    np.testing.assert_allclose(np.diag(cka), 1.0)
    assert (cka[~np.eye(6, dtype=bool)] < 1.0).all()
    as_dataset = measured_dataset(campaign).read()
    order = [as_dataset.task_names.index(name) for name in table.task_names]
    np.testing.assert_array_equal(as_dataset.vectors["task2vec"][order], table.vectors["task2vec"])
    np.testing.assert_array_equal(as_dataset.similarities["representation"][np.ix_(order, order)], cka)
    assert table.eligible.sum() == 30
    game = read_games(campaign.folder / "losses.parquet")["outline"]
    again = pd.Series(ahp(game.wins).share, index=list(game.names))
    mine = (
        transfers[(transfers.regime == ALL_SEEDS) & (transfers.target == "outline")].set_index("sources").ahp
    )
    np.testing.assert_allclose(again[mine.index], mine, rtol=1e-5)
