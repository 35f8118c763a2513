"""Rankings, verdicts, headroom and claims over datasets, on results made by hand."""

from collections.abc import Mapping

import pytest

from benchmark.results.schema import Result
from leaderboard.boards.across import baseline_against_all, leader_against_all
from leaderboard.boards.aggregate import make_boards
from leaderboard.boards.headroom import SOURCE_MEAN, headroom
from leaderboard.boards.overall import Overall, leader_without, make_overalls
from leaderboard.claims.across import claims_across
from leaderboard.claims.pairs import own_pairs
from leaderboard.markdown.overall import headroom_words
from leaderboard.page.figures.critical_difference import critical_difference_figure
from leaderboard.page.figures.forest import forest_figure

from ..conftest import Make

SCORES = {
    "one": {"best": 0.9, "middle": 0.6, "last": 0.3},
    "two": {"best": 0.8, "middle": 0.5, "last": 0.2},
    "three": {"best": 0.4, "middle": 0.41, "last": 0.1},
    "four": {"best": 0.9, "middle": 0.2, "last": 0.1},
}


def results_on(make: Make, scores: Mapping[str, Mapping[str, float]], **model: object) -> list[Result]:
    return [
        (made := make(name, [score] * 3, **model)).model_copy(
            update={
                "place": made.place.model_copy(update={"dataset": dataset}),
                "fingerprint": f"{dataset} {name}",
            }
        )
        for dataset, own in scores.items()
        for name, score in own.items()
    ]


@pytest.fixture
def overall(make: Make) -> Overall:
    (overall,) = make_overalls(make_boards(results_on(make, SCORES)))
    return overall


def test_ranks_wins_and_verdicts_go_by_dataset(overall: Overall) -> None:
    assert [(row.name, row.rank and row.rank.mean, row.rank and row.rank.wins) for row in overall.ranked] == [
        ("best", 1.25, 3),
        ("middle", 1.75, 1),
        ("last", 3.0, 0),
    ]
    against = leader_against_all(overall)
    assert against is not None
    assert against.reference == "best"
    assert list(against.comparisons) == ["middle", "last"]
    # four positive differences: the smallest p is 2 / 2⁴, doubled by Holm over two models
    assert against.comparisons["last"].p_value == pytest.approx(0.25)
    assert against.comparisons["last"].probabilities.better > 0.95
    assert baseline_against_all(overall) == against


def test_the_pretrained_network_may_lead_and_is_no_baseline(make: Make) -> None:
    results = results_on(make, SCORES)
    pretrained = {"class_path": "lit_models.prior_fitted.PriorFitted"}
    for number, result in enumerate(results):
        if result.model.config.name == "best":
            config = result.model.config.model_copy(update=pretrained)
            model = result.model.model_copy(update={"config": config})
            results[number] = result.model_copy(update={"model": model})
    (overall,) = make_overalls(make_boards(results))
    leader, baseline = leader_against_all(overall), baseline_against_all(overall)
    assert leader is not None
    assert baseline is not None
    assert (leader.reference, baseline.reference) == ("best", "middle")


def test_two_datasets_are_too_few_for_a_verdict(make: Make) -> None:
    few = {name: SCORES[name] for name in ("one", "two")}
    (overall,) = make_overalls(make_boards(results_on(make, few)))
    assert leader_against_all(overall) is None


def test_regimes_of_one_dataset_count_once_by_their_mean(make: Make) -> None:
    def on(regime: str, name: str, score: float) -> Result:
        made = make(name, [score] * 3)
        place = made.place.model_copy(update={"dataset": "prompt-transfer", "regime": regime})
        return made.model_copy(update={"place": place, "fingerprint": f"{regime} {name}"})

    results = [on("roberta", "a", 0.5), on("roberta", "b", 0.4), on("roberta", "headline-only", 0.9)]
    results += [
        on("t5-base", "a", 0.3),
        on("t5-base", "b", 0.6),
        *results_on(make, {"one": {"a": 0.2, "b": 0.1}}),
    ]
    first, second = make_overalls(make_boards(results))
    assert (first.scope, second.scope) == ("headline", "all regimes")
    assert second.datasets == ["prompt-transfer", "one"]
    assert [len(unit) for unit in second.units] == [2, 1]
    scores = {row.name: row.scores for row in second.rows}
    assert scores["a"] == [pytest.approx(0.4), pytest.approx(0.2)]
    assert scores["b"] == [pytest.approx(0.5), pytest.approx(0.1)]
    assert scores["headline-only"] == [None, None]


def test_a_source_mean_that_explains_nearly_everything_is_flagged(make: Make) -> None:
    means = {"one": {"source-mean": 0.46}, "two": {"source-mean": 0.4}}
    others = {"one": {"other": 0.5}, "two": {"other": 0.5}}
    boards = make_boards([*results_on(make, means, class_path=SOURCE_MEAN), *results_on(make, others)])
    rooms = [headroom(board) for board in boards]
    assert [room and room.is_small for room in rooms] == [True, False]
    assert [room and room.share for room in rooms] == [pytest.approx(0.92), pytest.approx(0.8)]
    (overall,) = make_overalls(boards)
    assert headroom_words(overall).endswith("on one; without it, other leads.")


def test_without_a_source_mean_nothing_is_said_of_headroom(overall: Overall) -> None:
    assert [headroom(unit[0]) for unit in overall.units] == [None] * 4
    assert headroom_words(overall) == ""
    assert leader_without(overall, ["one", "two", "four"]) == "middle"
    assert leader_without(overall, overall.datasets) is None


def test_own_models_meet_the_best_of_all_others(make: Make) -> None:
    own = make("ours", [0.6] * 3, class_path="lit_models.blend.Blend")
    others = [make("good", [0.7] * 3), make("fair", [0.5] * 3)]
    ((first, second),) = own_pairs([own, *others])
    assert (first.model.config.name, second.model.config.name) == ("ours", "good")
    assert own_pairs(others) == []
    assert own_pairs([own]) == []


def test_figures_show_every_dataset_and_the_combined_difference(make: Make) -> None:
    with_z = {dataset: {"m+z": own["best"]} for dataset, own in SCORES.items()}
    without = {dataset: {"m": own["middle"]} for dataset, own in SCORES.items()}
    results = [*results_on(make, with_z, z="metadata"), *results_on(make, without)]
    (overall,) = make_overalls(make_boards(results))
    forest = forest_figure("claims", claims_across(overall))
    assert forest is not None
    own = [row for row in forest.data if row["claim"] == "with Z against without"]
    assert [row["dataset"] for row in own] == [*overall.datasets, "all datasets"]
    assert own[-1]["difference"] == pytest.approx(0.3225)
    ranks = critical_difference_figure("ranks", overall)
    assert ranks is not None
    assert [row["model"] for row in ranks.data] == ["m+z", "m"]
    is_apart = ranks.data[1]["rank"] - ranks.data[0]["rank"] > ranks.data[0]["critical_difference"]
    assert [row["joined_to"] for row in ranks.data] == [None if is_apart else "m", None]


def test_a_claim_has_one_difference_per_dataset(make: Make) -> None:
    with_z = {dataset: {"m+z": own["best"]} for dataset, own in SCORES.items()}
    without = {dataset: {"m": own["middle"]} for dataset, own in SCORES.items()}
    results = [*results_on(make, with_z, z="metadata"), *results_on(make, without)]
    (overall,) = make_overalls(make_boards(results))
    (answer,) = [each for each in claims_across(overall) if each.claim.name == "with Z against without"]
    assert [each.dataset for each in answer.datasets] == overall.datasets
    assert sorted(round(each.difference, 2) for each in answer.datasets) == [-0.01, 0.3, 0.3, 0.7]
    assert answer.mean == pytest.approx(0.3225)
    assert answer.above == 3
    assert answer.comparison is not None
    assert answer.comparison.p_value == pytest.approx(0.25)  # exact: rank 1 of 4 alone is negative
