"""What the card of the MedMNIST table says of it."""

import pandas as pd
import pytest

from datamodules.tables.medmnist import MEDMNIST

from .published import card, card_table, first_order, mean_spearman, read, rounded

NAME = "medmnist"
SOURCES_ONLY = {"imagenet", "radimagenet", "medmnist"}
ESTIMATES = ["fu", "leep", "logme", "lp", "ncti", "nleep"]
GROUPS = {
    "natural images": "imagenet",
    "mixed": "radimagenet medmnist",
    "histopathology": "pathmnist",
    "microscopy": "bloodmnist tissuemnist",
    "dermatoscopy": "dermamnist",
    "radiography": "chestmnist pneumoniamnist",
    "CT": "organamnist organcmnist organsmnist",
    "ultrasound": "breastmnist",
    "OCT": "octmnist",
    "fundus photography": "retinamnist",
}
KINDS = {
    "medmnist": "",
    "chestmnist": "multi-label",
    "pneumoniamnist": "binary",
    "breastmnist": "binary",
    "retinamnist": "ordinal",
}


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(MEDMNIST.folder / "transfers.csv")


@pytest.fixture(scope="module")
def eligible() -> pd.DataFrame:
    return first_order(NAME, pseudo=set())


def test_groups_and_kinds() -> None:
    tasks = read(MEDMNIST.folder / "tasks.csv")
    expected = [(name, group) for group, names in GROUPS.items() for name in names.split()]
    assert [(task["name"], task["group"]) for task in tasks] == expected
    assert [task["kind"] for task in tasks] == [KINDS.get(task["name"], "multi-class") for task in tasks]


def test_every_pair_has_a_row_and_three_sources_are_no_targets(transfers: pd.DataFrame) -> None:
    assert len(transfers) == 15 * 12
    assert set(transfers["sources"]) - set(transfers["target"]) == SOURCES_ONLY
    table = MEDMNIST.read(regime="fine-tuned", label="auc")
    without_column = {name for name, t in zip(table.task_names, table.eligible.any(0), strict=True) if not t}
    assert without_column == SOURCES_ONLY
    assert table.eligible.any(1).all()
    assert f"{table.eligible.sum()} of {15 * 14} exist" in card(NAME)


def test_blank_cells_and_ranges_are_the_cards(transfers: pd.DataFrame) -> None:
    rows = {row[0].strip("`"): row[2:4] for row in card_table(NAME, "| column | unit |")}
    assert list(rows) == list(transfers.columns)
    for column in ["auc", *ESTIMATES]:
        figures, digits = transfers[column], ".4f" if column == "auc" else ".4g"
        low, high = f"{figures.min():{digits}}", f"{figures.max():{digits}}"
        assert rows[column] == [f"{low} to {high}", str(figures.isna().sum())]


def test_where_the_blank_cells_are(transfers: pd.DataFrame) -> None:
    itself, chest = transfers["sources"] == transfers["target"], transfers["target"] == "chestmnist"
    assert transfers["auc"].isna().equals(itself)
    for column in ESTIMATES:
        expected = chest | itself if column in {"lp", "ncti"} else chest
        assert transfers[column].isna().equals(expected), column


def test_estimates_agree_with_the_auc_as_the_card_says(eligible: pd.DataFrame) -> None:
    known = eligible[eligible["target"] != "chestmnist"]
    assert known["target"].nunique() == 11
    counted = [[f"`{column}`", rounded(mean_spearman(known, column, "auc"))] for column in ESTIMATES]
    assert card_table(NAME, "| column | Spearman |") == counted


def test_targets_are_as_spread_out_as_the_card_says(eligible: pd.DataFrame) -> None:
    counted = []
    for target, column in eligible.groupby("target"):
        low, high = column["auc"].min(), column["auc"].max()
        best = column.loc[column["auc"].idxmax(), "sources"]
        counted.append([target, f"{low:.4f}", f"{high:.4f}", f"{high - low:.4f}", best])
    assert card_table(NAME, "| target | smallest |") == counted


def test_pooled_agreement_is_mostly_the_targets_scale(eligible: pd.DataFrame) -> None:
    means = eligible.groupby("target")["auc"].transform("mean")
    figure = rounded(eligible["auc"].corr(means, method="spearman"))
    assert f"a target's mean alone has Spearman {figure}" in card(NAME)


def test_chestmnist_has_the_hardest_column_and_the_highest_row(eligible: pd.DataFrame) -> None:
    assert eligible.groupby("target")["auc"].mean().idxmin() == "chestmnist"
    assert eligible.groupby("sources")["auc"].mean().idxmax() == "chestmnist"
