"""What the card of the CogTaskonomy table says of it."""

import pandas as pd
import pytest

from datamodules.tables.cogtaskonomy import COGTASKONOMY

from .published import card, card_table, first_order, read

NAME = "cogtaskonomy"
GROUPS = {
    "single sentence": "CoLA SST-2",
    "NLI": "MNLI QNLI RTE",
    "paraphrase and similarity": "MRPC QQP STS-B",
    "information extraction": "NER RC",
    "question answering and retrieval": "QA IR",
}
KINDS = {"STS-B": "score", "NER": "tag sequence", "QA": "span", "IR": ""}


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(COGTASKONOMY.folder / "transfers.csv")


@pytest.fixture(scope="module")
def eligible() -> pd.DataFrame:
    return first_order(NAME, pseudo=set())


def test_groups_and_kinds() -> None:
    tasks = read(COGTASKONOMY.folder / "tasks.csv")
    expected = [(name, group) for group, names in GROUPS.items() for name in names.split()]
    assert [(task["name"], task["group"]) for task in tasks] == expected
    assert [task["kind"] for task in tasks] == [KINDS.get(task["name"], "class") for task in tasks]


def test_it_is_a_full_square_of_two_decimals(transfers: pd.DataFrame) -> None:
    assert len(transfers) == 12 * 12
    assert set(transfers["sources"]) == set(transfers["target"])
    assert transfers["score"].between(0, 100).all()
    assert all(len(row["score"].split(".")[1]) == 2 for row in read(COGTASKONOMY.folder / "transfers.csv"))
    low, high = transfers["score"].min(), transfers["score"].max()
    assert f"{low:.2f} to {high:.2f}" in card(NAME)


def test_rows_and_columns_come_in_different_orders(transfers: pd.DataFrame) -> None:
    sources, targets = list(dict.fromkeys(transfers["sources"])), list(dict.fromkeys(transfers["target"]))
    assert sources[:8] == targets[:8]
    assert sources[8:] == ["IR", "NER", "QA", "RC"]
    assert targets[8:] == ["NER", "RC", "QA", "IR"]


def test_targets_are_as_spread_out_as_the_card_says(transfers: pd.DataFrame, eligible: pd.DataFrame) -> None:
    own = transfers[transfers["sources"] == transfers["target"]].set_index("target")["score"]
    counted = []
    for target in [name for names in GROUPS.values() for name in names.split()]:
        column = eligible.loc[eligible["target"] == target, "score"]
        low, high, above = column.min(), column.max(), (column > own[target]).sum()
        figures = [own[target], low, high, high - low]
        counted.append([target, *(f"{figure:.2f}" for figure in figures), str(above)])
    assert card_table(NAME, "| target | own |") == counted
    beaten = sum(row[-1] != "0" for row in counted)
    assert f"on {beaten} of 12 targets some other source is above" in card(NAME)


def test_the_outlier_on_information_retrieval(transfers: pd.DataFrame) -> None:
    column = transfers[transfers["target"] == "IR"].set_index("sources")["score"]
    assert column.idxmin() == "STS-B"
    assert column.min() == 5.96
    others = column.drop("STS-B")
    assert (len(others), others.min(), others.max()) == (11, 61.05, 67.79)
