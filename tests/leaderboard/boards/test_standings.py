"""Ranks, verdicts and what is incomplete, on results made by hand."""

from collections.abc import Callable

import pytest

from benchmark.results.schema import Result, Run
from leaderboard.boards.aggregate import make_boards
from leaderboard.boards.overall import make_overalls
from leaderboard.boards.published import published_table
from leaderboard.boards.standings import Standing, standings

Make = Callable[..., Result]
NOISE = (-0.01, 0.0, 0.01)


def around(score: float, *, flip: bool = False) -> list[float]:
    return [score + (-each if flip else each) for each in NOISE]


def board_of(*results: Result) -> dict[str, Standing]:
    (board,) = make_boards(results)
    return {standing.result.model.config.name: standing for standing in standings(board)}


def words(standing: Standing) -> tuple[str, str]:
    assert standing.baseline is not None
    assert standing.leader is not None
    return standing.baseline.words, standing.leader.words


def test_models_are_held_against_the_best_baseline_and_the_leader(make: Make) -> None:
    found = board_of(
        make("graph", around(0.8), encoder="dir"),
        make("other", around(0.5), encoder="dir"),
        make("level", around(0.3001, flip=True), encoder="profile"),
        make("plain", around(0.3)),
        make("poor", around(0.1)),
    )
    assert {name: words(each) for name, each in found.items()} == {
        "graph": ("better", "reference"),
        "other": ("better", "worse"),
        "level": ("not distinguishable", "worse"),
        "plain": ("reference", "worse"),
        "poor": ("worse", "worse"),
    }
    assert [each.rank for each in found.values()] == [1, 2, 3, 4, 5]


def test_incomplete_models_have_no_rank_and_decide_nothing(make: Make) -> None:
    failed = make("failed").model_copy(update={"status": "failed", "metrics": {}, "error": "no"})
    found = board_of(
        make("partial", [0.9, 0.9, None], encoder="dir"),
        make("whole", around(0.5)),
        make("none", [None, None, None]),
        failed,
    )
    assert {name: (each.rank, each.incomplete) for name, each in found.items()} == {
        "whole": (1, ""),
        "partial": (None, "2 of 3 values"),
        "none": (None, "not scored"),
        "failed": (None, "failed"),
    }
    assert words(found["whole"]) == ("reference", "reference")


def test_another_effort_is_shown_apart(make: Make) -> None:
    quick = {"run": Run(seed=77, members=2, epochs=5)}
    board = [make("usual", around(0.3)), make("chosen", around(0.9)).model_copy(update=quick)]
    assert [(each.rank, each.incomplete) for each in board_of(*board).values()] == [
        (1, ""),
        (None, "another effort"),
    ]
    fixed = make("fixed").model_copy(update=quick)
    fixed = fixed.model_copy(update={"model": fixed.model.model_copy(update={"parameters": 0})})
    # A board of quick runs alone has ranks.
    assert [each.rank for each in board_of(board[1], fixed).values()] == [1, 2]


def test_a_file_that_claims_more_values_makes_no_other_incomplete(make: Make) -> None:
    forged = make("forged", around(0.9))
    metric = forged.metrics["spearman"].model_copy(update={"counted": 99})
    found = board_of(make("a"), make("b"), forged.model_copy(update={"metrics": {"spearman": metric}}))
    assert {name: each.incomplete for name, each in found.items()} == {
        "a": "",
        "b": "",
        "forged": "99 of 3 values",
    }


def on(result: Result, dataset: str, **place: str) -> Result:
    return result.model_copy(update={"place": result.place.model_copy(update={"dataset": dataset, **place})})


def test_the_mean_rank_is_over_models_that_have_every_dataset(make: Make) -> None:
    (overall,) = make_overalls(
        make_boards(
            [
                on(make("a", around(0.9)), "one"),
                on(make("b", around(0.8)), "one"),
                on(make("only", around(0.85)), "one"),
                on(make("a", around(0.2)), "two"),
                on(make("b", around(0.4)), "two"),
                on(make("c", around(0.1)), "two"),
                on(make("c", [0.1, 0.1, None]), "one"),
            ]
        )
    )
    # without `only` and `c`, a is 1st and 2nd and b 2nd and 1st
    assert [(row.name, row.rank and row.rank.mean, row.missing) for row in overall.rows] == [
        ("a", 1.5, []),
        ("b", 1.5, []),
        ("c", None, ["one"]),
        ("only", None, ["two"]),
    ]
    assert overall.rows[2].scores == [None, pytest.approx(0.1)]


def test_versions_settings_and_shares_are_ranked_apart(make: Make) -> None:
    base = make("a")
    others = [
        base.model_copy(update={"protocol_version": 2}),
        on(base, "made", setting="inductive", mask=None),
        on(base, "made", mask="1/2"),
    ]
    assert len(make_overalls(make_boards([base, *others]))) == 4


def test_a_dataset_counts_once_and_by_its_headline_matrix(make: Make) -> None:
    headline = on(make("a"), "taskonomy", regime="16k", label="ahp")
    other = on(make("a"), "taskonomy", regime="1k", label="ahp")
    overall, all_regimes = make_overalls(make_boards([other, headline]))
    assert [[board.place.regime for board in unit] for unit in overall.units] == [["16k"]]
    assert [[board.place.regime for board in unit] for unit in all_regimes.units] == [["16k", "1k"]]
    data = headline.data.model_copy(update={"dataset_hash": "another"})
    (overall,) = make_overalls(
        make_boards(
            [
                headline,
                on(make("b"), "taskonomy", regime="16k", label="ahp"),
                headline.model_copy(update={"data": data}),
            ]
        )
    )
    assert [[len(board.results) for board in unit] for unit in overall.units] == [[2]]


def test_beside_published_matrices_nothing_else_counts(make: Make) -> None:
    here = {"regime": "readme-example", "label": "score"}

    def of(name: str, dataset_hash: str, splits: int = 3) -> Result:
        result = on(make(name, [0.5] * splits), "cogtaskonomy", **here)
        numbers = [*range(splits)]
        changed = {
            "dataset_hash": dataset_hash,
            "split_numbers": numbers,
            "split_hashes": [*map(str, numbers)],
        }
        return result.model_copy(update={"data": result.data.model_copy(update=changed)})

    real = published_table("cogtaskonomy", **here).hash
    (overall,) = make_overalls(
        make_boards(
            [
                *(of(name, real, splits=21) for name in "ab"),
                of("more splits than there are", real, splits=30),
                of("another version", "0", splits=21),
                on(make("unknown matrix"), "aaa"),
                on(make("unknown regime"), "cogtaskonomy", regime="best", label="score"),
            ]
        )
    )
    assert [row.name for row in overall.ranked] == ["a", "b"]
