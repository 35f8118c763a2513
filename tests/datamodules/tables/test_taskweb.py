"""What the card of the TaskWeb table says of it, and its figures against the published runs."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.tables.taskweb import TASKWEB

from .published import agreement, card_table, published, read, rounded

NAME = "taskweb"
PUBLISHED_AS = {
    "roberta-finetune": "roberta",
    "gpt2m-finetune": "gpt2m",
    "t5s-finetune": "t5s",
}
SEEDS = ("10", "15", "20", "25", "30", "35", "40", "42")
GROUPS = {
    "NLI": "anli_r3 cb qnli rte scitail snli",
    "question answering": "boolq quartz squad_v2",
    "commonsense": "copa cosmosqa hellaswag piqa socialiqa",
    "sentiment": "imdb rotten_tomatoes",
    "paraphrase and similarity": "mrpc qqp stsb",
    "word sense and coreference": "wic winogrande wsc",
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read(TASKWEB.folder / "transfers.csv")


def others(table: AffinityTable, seed: int) -> np.ndarray:
    """Mean over all seeds but one, NaN where none is measured."""
    assert table.replicates is not None
    assert table.replicates.runs is not None
    runs = np.delete(table.replicates.runs, seed, axis=0)
    return np.ma.masked_invalid(runs).mean(axis=0).filled(np.nan)


def test_groups() -> None:
    groups = {task["name"]: task["group"] for task in read(TASKWEB.folder / "tasks.csv")}
    assert groups == {name: group for group, names in GROUPS.items() for name in names.split()}


def test_every_run_equals_the_published_one(rows: list[dict[str, str]]) -> None:
    theirs = {
        (PUBLISHED_AS.get(row["setting"], row["setting"]), row["source"], row["target"], row["seed"]): row[
            "value"
        ]
        for row in published("taskweb/transfers.csv")
    }
    ours = {
        (row["regime"], row["sources"], row["target"], seed): row[f"seed_{seed}"]
        for row in rows
        for seed in SEEDS
    }
    assert ours == theirs


def test_every_mean_equals_the_published_one(rows: list[dict[str, str]]) -> None:
    theirs = {
        (PUBLISHED_AS.get(row["setting"], row["setting"]), row["source"], row["target"]): row["mean"]
        for row in published("taskweb/transfers_mean.csv")
    }
    assert {(row["regime"], row["sources"], row["target"]): row["score"] for row in rows} == theirs


@pytest.mark.parametrize("regime", TASKWEB.regimes)
def test_the_matrix_is_the_mean_of_its_replicates(regime: str) -> None:
    table = TASKWEB.read(regime=regime)
    replicates = table.replicates
    assert replicates is not None
    assert replicates.runs is not None
    assert replicates.runs.shape == (8, 22, 22)
    mean = np.ma.masked_invalid(replicates.runs).mean(axis=0).filled(np.nan)
    np.testing.assert_allclose(table.value, mean, rtol=0, atol=1e-4)  # of runs rounded to four digits
    np.testing.assert_array_equal(replicates.count > 0, table.eligible)
    assert (replicates.deviation[table.eligible] >= 0).all()


def test_blank_runs_are_on_one_target(rows: list[dict[str, str]]) -> None:
    blank = [(row["target"], seed) for row in rows for seed in SEEDS if not row[f"seed_{seed}"]]
    assert {target for target, _ in blank} == {"stsb"}
    assert len(blank) == sum(int(row[4]) for row in card_table(NAME, "| regime | one seed"))


def test_noise_is_the_cards() -> None:
    counted = []
    for regime in TASKWEB.regimes:
        table = TASKWEB.read(regime=regime)
        assert table.replicates is not None
        runs = table.replicates.runs
        assert runs is not None
        single = np.mean([agreement(table, runs[i], runs[j]) for i, j in combinations(range(8), 2)])
        rest = np.mean([agreement(table, runs[i], others(table, i)) for i in range(8)])
        entries = pd.DataFrame(
            {"target": np.nonzero(table.eligible)[1], "score": table.value[table.eligible]}
        )
        mean = entries.groupby("target").score.transform("mean")
        share = mean.var(ddof=0) / entries.score.var(ddof=0)
        blank = int(np.isnan(runs[:, table.eligible]).sum())
        counted.append([regime, rounded(single), rounded(rest), f"{100 * share:.0f} %", str(blank)])
    assert card_table(NAME, "| regime | one seed") == counted
