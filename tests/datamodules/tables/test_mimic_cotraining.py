"""What the card of the MIMIC co-training table says of it, and its figures against the published ones."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from datamodules.tables.mimic_cotraining import MIMIC_COTRAINING

from .published import agreement, card_table, prose, published, read, rounded

NAME = "mimic-cotraining"


@pytest.fixture(scope="module")
def sets() -> pd.DataFrame:
    table = pd.read_csv(MIMIC_COTRAINING.folder / "sets.csv.gz")
    return table.assign(tasks=table.sources.str.count(";") + 2)


def test_pairs_equal_the_published_ones() -> None:
    theirs = {
        (row["source"], row["target"], row["split"]): row["value"]
        for row in published("mtgnet_mimic27/transfers.csv")
    }
    ours = {
        (row["sources"], row["target"], split): row[split]
        for row in read(MIMIC_COTRAINING.folder / "transfers.csv")
        for split in ("test", "valid")
    }
    assert ours == theirs


def test_sets_equal_the_published_ones() -> None:
    """Row by row: the members of a set in their order, and each one's gains; single tasks gain nothing."""
    theirs, alone, pairs = [], 0, 0
    for row in published("mtgnet_mimic27/higher_order_sets.csv"):
        members = [
            column.removeprefix("in:")
            for column, cell in row.items()
            if column.startswith("in:") and cell == "1"
        ]
        gains = {name: (row[f"gain_test:{name}"], row[f"gain_valid:{name}"]) for name in members}
        alone += len(members) == 1
        pairs += len(members) == 2
        if len(members) == 1:
            assert {float(gain) for gain in gains[members[0]]} == {0.0}
        if len(members) > 2:
            theirs += [(";".join(m for m in members if m != name), name, *gains[name]) for name in members]
    assert (alone, pairs) == (27, 351)
    ours = read(MIMIC_COTRAINING.folder / "sets.csv.gz")
    assert [(row["sources"], row["target"], row["test"], row["valid"]) for row in ours] == theirs


def test_every_set_has_a_row_for_each_of_its_tasks(sets: pd.DataFrame) -> None:
    members = [
        frozenset([*sources.split(";"), target])
        for sources, target in zip(sets.sources, sets.target, strict=True)
    ]
    counts = pd.Series(members).value_counts()
    assert len(counts) == 2807
    assert all(len(tasks) == count for tasks, count in counts.items())
    counted = []
    for row in card_table(NAME, "| tasks of a set |"):
        low, high = (int(end) for end in (row[0].split("–") * 2)[:2])
        within = [tasks for tasks in counts.index if low <= len(tasks) <= high]
        counted.append([row[0], str(len(within)), str(sum(map(len, within)))])
    assert card_table(NAME, "| tasks of a set |") == counted
    assert sum(int(row[1]) for row in counted) == 2807


def test_test_and_validation_patients_agree_as_the_card_says(sets: pd.DataFrame) -> None:
    test, valid = (MIMIC_COTRAINING.read(label=label) for label in ("test", "valid"))
    one, other = test.value[test.eligible], valid.value[valid.eligible]
    by_target = sets.groupby("target")[["test", "valid"]].corr(method="spearman")["valid"]
    counted = [
        [
            "pairs",
            rounded(float(np.corrcoef(one, other)[0, 1])),
            rounded(float(spearmanr(one, other).statistic)),
            rounded(agreement(test, test.value, valid.value)),
        ],
        [
            "sets",
            rounded(sets.test.corr(sets.valid)),
            rounded(sets.test.corr(sets.valid, method="spearman")),
            rounded(by_target.xs("test", level=1).mean()),
        ],
    ]
    assert card_table(NAME, "| figures | Pearson |") == counted


def off_the_median(figures: pd.DataFrame) -> pd.Series:
    """How far a row's ratio of validation to test score is from its target's median ratio."""
    ratio = (1 + figures.valid) / (1 + figures.test)
    return ratio - ratio.groupby(figures.target).transform("median")


def test_the_two_gains_of_a_set_are_one_score_over_two_baselines(sets: pd.DataFrame) -> None:
    text, off = prose(NAME), off_the_median(sets).abs()
    small = sets.tasks < 27
    assert f"In the {small.sum():,} rows of the 2,806 sets" in text
    assert f"within {off[small].max():.4f}: the two columns are one score over two baselines" in text
    assert off[small].max() < 3e-4  # four digits, of scores down to 0.4
    assert (off[~small] > 1e-3).all()
    pairs = off_the_median(pd.read_csv(MIMIC_COTRAINING.folder / "transfers.csv"))
    assert f"varies by {pairs.std():.3f}, standard deviation" in text


def test_gains_are_as_small_as_the_card_says(sets: pd.DataFrame) -> None:
    table = MIMIC_COTRAINING.read()
    small = (np.abs(table.value[table.eligible]) <= 0.02).mean()
    assert f"{100 * small:.0f} % are within ± 0.02 of 0" in prose(NAME)
    assert f"{100 * (sets.test < 0).mean():.0f} % are losses" in prose(NAME)
    for label in ("test", "valid"):
        value = MIMIC_COTRAINING.read(label=label).value
        assert f"| {np.nanmin(value):.4f} to {np.nanmax(value):.4f} |" in prose(NAME)
