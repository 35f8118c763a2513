"""What the card of the prompt transfer table says of it."""

import re

import numpy as np
import pandas as pd
import pytest

from datamodules.splits.protocol import make_splits
from datamodules.tables.prompt_transfer import PROMPT_TRANSFER

from .published import card, card_table, first_order, mean_spearman, read, rounded

NAME = "prompt-transfer"
REGIMES = PROMPT_TRANSFER.regimes
GROUPS = {
    "sentiment": "IMDB SST2 laptop restaurant movierationales tweetevalsentiment",
    "NLI": "MNLI QNLI snli anli RTE WNLI recastfactuality recastmegaveridicality recastner recastpuns"
    " recastsentiment recastverbcorner",
    "ethical judgement": "ethicscommonsense ethicsdeontology ethicsjustice",
    "paraphrase": "MRPC QQP",
    "question answering": "squad nq_open",
    "summarisation": "multi_news samsum",
}
NO_CLASSES = {"squad": "span", "nq_open": "text", "multi_news": "text", "samsum": "text"}
SHARES_OF = {"WNLI": 64, "movierationales": 192, "RTE": 256, "MRPC": 384, "SST2": 832}


@pytest.fixture(scope="module")
def transfers() -> pd.DataFrame:
    return pd.read_csv(PROMPT_TRANSFER.folder / "transfers.csv")


@pytest.fixture(scope="module")
def eligible() -> pd.DataFrame:
    return first_order(NAME, pseudo={"random"})


@pytest.fixture(scope="module")
def similarity() -> pd.DataFrame:
    return pd.read_csv(PROMPT_TRANSFER.folder / "prompt_similarity.csv")


def test_groups_and_kinds() -> None:
    tasks = read(PROMPT_TRANSFER.folder / "tasks.csv")
    expected = [(name, group) for group, names in GROUPS.items() for name in names.split()]
    assert [(task["name"], task["group"]) for task in tasks] == expected
    assert [task["kind"] for task in tasks] == [NO_CLASSES.get(task["name"], "class") for task in tasks]


def test_row_counts_are_the_cards(transfers: pd.DataFrame) -> None:
    counted = []
    for regime in REGIMES:
        rows = transfers[transfers["regime"] == regime]
        untrained = (rows["sources"] == "random").sum()
        counted.append([regime, str(len(rows)), str(rows["target"].nunique()), str(untrained)])
    assert [[row[0], *row[2:5]] for row in card_table(NAME, "| regime | published as |")] == counted


def test_names_are_spelt_alike_and_every_task_plays_both_roles(transfers: pd.DataFrame) -> None:
    for _, rows in transfers.groupby("regime"):
        assert set(rows["sources"]) - {"random"} == set(rows["target"])
    names = set(transfers["sources"]) | set(transfers["target"])
    assert len({name.lower() for name in names}) == len(names)


def test_scores_are_shares_of_one_metric_name_without_blanks(transfers: pd.DataFrame) -> None:
    assert set(transfers["metric"]) == {"acc"}
    assert (transfers["score"].min(), transfers["score"].max()) == (0, 0.9635)
    assert transfers["score"].notna().all()
    assert all(len(row["score"].split(".")[1]) <= 4 for row in read(PROMPT_TRANSFER.folder / "transfers.csv"))


def test_the_two_missing_rows(transfers: pd.DataFrame) -> None:
    rows = transfers[(transfers["regime"] == "roberta-position") & (transfers["sources"] != "random")]
    square = rows.pivot(index="sources", columns="target", values="score").isna()
    assert square.stack().loc[lambda missing: missing].index.tolist() == [
        ("recastfactuality", "IMDB"),
        ("recastsentiment", "laptop"),
    ]


def test_a_tasks_own_prompt_is_mostly_its_best(transfers: pd.DataFrame, eligible: pd.DataFrame) -> None:
    own = transfers[transfers["sources"] == transfers["target"]].set_index(["regime", "target"])["score"]
    best = eligible.groupby(["regime", "target"])["score"].max()
    beaten = own[own < best.reindex(own.index)]
    count = re.search(r"for (\d+) of its (\d+) columns", " ".join(card(NAME).split()))
    assert count is not None
    assert (len(own) - len(beaten), len(own)) == (int(count[1]), int(count[2]))
    assert {"WNLI", "movierationales"} <= set(beaten.index.get_level_values("target"))


def test_zeros_are_the_cards_and_on_generated_answers_only(eligible: pd.DataFrame) -> None:
    zeros = eligible[eligible["score"] == 0].value_counts(["regime", "target"])
    header = ["squad", "nq_open", "multi_news", "samsum"]
    assert set(zeros.index.get_level_values("target")) == set(header) == set(NO_CLASSES)
    counted = [[regime, *(str(zeros[regime, target]) for target in header)] for regime in REGIMES[2:4]]
    assert card_table(NAME, "| regime | squad |") == counted
    assert zeros.sum() == sum(int(cell) for row in counted for cell in row[1:])


@pytest.mark.parametrize(
    ("regime", "words"),
    [("t5-base", "9 of 357"), ("t5-small", "22 of 357"), ("roberta-large", "1 of 273")],
)
def test_targets_that_a_split_leaves_out_are_the_cards(regime: str, words: str) -> None:
    table = PROMPT_TRANSFER.read(regime=regime, label="score")
    queries = [split.query for split in make_splits(table.eligible, setting="transductive")]
    constant = [
        len(set(column[asked])) < 2
        for query in queries
        for column, asked in zip(table.value.T, query.T, strict=True)
    ]
    assert f"{sum(constant)} of {len(constant)}" == words
    assert words in card(NAME)


def test_comparison_with_an_untrained_prompt_is_the_cards(
    transfers: pd.DataFrame, eligible: pd.DataFrame
) -> None:
    untrained = transfers[transfers["sources"] == "random"].set_index(["regime", "target"])["score"]
    counted = []
    for regime in dict.fromkeys(untrained.index.get_level_values("regime")):
        rows = eligible[(eligible["regime"] == regime) & eligible["target"].isin(untrained[regime].index)]
        reference = rows["target"].map(untrained[regime])
        below, equal = (rows["score"] < reference).mean(), (rows["score"] == reference).mean()
        counted.append([regime, str(len(rows)), f"{100 * below:.1f} %", f"{100 * equal:.1f} %"])
    assert sorted(card_table(NAME, "| regime | transfers |")) == sorted(counted)


@pytest.mark.parametrize(("target", "size"), SHARES_OF.items())
def test_scores_of_small_targets_are_multiples_of_one_share(
    target: str, size: int, transfers: pd.DataFrame
) -> None:
    scores = transfers.loc[transfers["target"] == target, "score"]
    np.testing.assert_allclose(np.round(np.round(scores * size) / size, 4), scores, rtol=0, atol=1e-9)
    assert f"1/{size}" in card(NAME)


def test_agreement_of_regimes_is_the_cards(eligible: pd.DataFrame) -> None:
    wide = eligible.pivot(index=["sources", "target"], columns="regime", values="score").reset_index()
    pairs = [(a, b) for i, a in enumerate(REGIMES) for b in REGIMES[i + 1 :]]
    agreement = {(a, b): mean_spearman(wide.dropna(subset=[a, b]), a, b) for a, b in pairs}
    lowest, highest = min(agreement, key=agreement.__getitem__), max(agreement, key=agreement.__getitem__)
    assert lowest == ("roberta-large", "t5-base")
    assert highest == ("t5-base", "t5-small")
    shown = [rounded(agreement[pair]) for pair in (lowest, highest, ("roberta", "roberta-position"))]
    assert shown == [".319", ".566", ".445"]
    assert all(figure in card(NAME) for figure in shown)


def test_similarity_is_over_the_tasks_of_its_regime(
    transfers: pd.DataFrame, similarity: pd.DataFrame
) -> None:
    assert set(similarity["regime"]) == set(REGIMES) - {"roberta-position"}
    for regime, rows in similarity.groupby("regime"):
        tasks = set(transfers.loc[transfers["regime"] == regime, "target"])
        assert set(zip(rows["task_a"], rows["task_b"], strict=True)) == {(a, b) for a in tasks for b in tasks}
        for column in ("mean_token_cosine", "concat_cosine"):
            square = rows.pivot(index="task_a", columns="task_b", values=column)
            np.testing.assert_allclose(square, square.T, rtol=0, atol=1.5e-6)
    itself = similarity["task_a"] == similarity["task_b"]
    assert (similarity.loc[itself, "concat_cosine"] == 1).all()
    for column in ("mean_token_cosine", "concat_cosine"):
        low, high = similarity[column].min(), similarity[column].max()
        assert f"{low:.6f} to {high:.6f}" in card(NAME)


def test_similarity_and_score_agree_as_the_card_says(
    eligible: pd.DataFrame, similarity: pd.DataFrame
) -> None:
    joined = eligible.merge(similarity.rename(columns={"task_a": "sources", "task_b": "target"}))
    counted = []
    for regime in REGIMES[:4]:
        rows = joined[joined["regime"] == regime]
        figures = [
            rounded(mean_spearman(rows, column, "score")) for column in ("mean_token_cosine", "concat_cosine")
        ]
        counted.append([regime, str((similarity["regime"] == regime).sum()), *figures])
    assert card_table(NAME, "| regime | rows | `mean_token_cosine` |") == counted
