"""Which results are a pair, and above all which are not."""

from collections.abc import Callable

import pytest

from benchmark.results.schema import Result, Run
from leaderboard.claims.pairs import (
    Pair,
    baseline_pairs,
    best_directed_pair,
    directed_pairs,
    embedding_pairs,
    message_passing_pairs,
    own_pairs,
    pretrained_pairs,
)

Make = Callable[..., Result]

# Whatever makes two models or their training unlike in more than the attribute in question.
UNLIKE = [
    {"z": "metadata"},
    {"scale": "mix"},
    {"pairs": "leep"},
    {"training": {"weight_decay": 1.0}},
    {"variational": True},
    {"init_args": {"width": 64, "dim": 8, "one_hot": True}},
    {"run": Run(seed=1, members=8, epochs=400)},
    {"run": Run(seed=0, members=8, epochs=5)},
]


def names(pairs: list[Pair]) -> list[tuple[str, ...]]:
    return sorted(tuple(result.model.config.name for result in pair) for pair in pairs)


def test_directed_models_meet_every_undirected_twin(make: Make) -> None:
    gravity = {"width": 32, "dim": 8, "one_hot": True, "mass": "source"}
    results = [
        make("gae-dir", encoder="dir", class_path="m.GAE", directed=False),
        make("gae-gcn", encoder="gcn", class_path="m.GAE", directed=False),
        make("vgae-dir", encoder="dir", class_path="m.VGAE", directed=False, variational=True),
        make("gravity-dir", encoder="dir", class_path="m.Gravity", init_args=gravity),
        make(
            "gravity-target-dir",
            encoder="dir",
            class_path="m.Gravity",
            init_args={**gravity, "mass": "target"},
        ),
        make(
            "gravity-vgae-dir", encoder="dir", class_path="m.GravityVGAE", init_args=gravity, variational=True
        ),
        make("source-target-gcn", encoder="gcn", class_path="m.SourceTarget"),
        make("cosine", class_path="m.Cosine", directed=False),
        make("low-rank", class_path="m.SVD"),
    ]
    assert names(directed_pairs(results)) == [
        ("gravity-dir", "gae-dir"),
        ("gravity-target-dir", "gae-dir"),
        ("gravity-vgae-dir", "vgae-dir"),
        ("source-target-gcn", "gae-gcn"),
    ]


@pytest.mark.parametrize("unlike", [*UNLIKE, {"encoder": "gcn"}, {"directed": False}])
def test_no_directed_pair_differs_in_more(make: Make, unlike: dict[str, object]) -> None:
    undirected = make("gae", encoder="dir", class_path="m.GAE", directed=False)
    directed = {"encoder": "dir", "class_path": "m.SourceTarget"}
    assert names(directed_pairs([undirected, make("st", **directed)])) == [("st", "gae")]
    assert directed_pairs([undirected, make("st", **{**directed, **unlike})]) == []


def test_a_directed_model_that_lacks_an_argument_of_the_undirected_one_is_no_twin(make: Make) -> None:
    undirected = make("gae", encoder="dir", class_path="m.GAE", directed=False)
    assert directed_pairs([undirected, make("st", encoder="dir", init_args={"width": 32, "dim": 8})]) == []


def test_an_encoder_that_is_no_argument_counts_all_the_same(make: Make) -> None:
    def without_argument(result: Result) -> Result:
        config = result.model.config.model_copy(update={"init_args": {}})
        return result.model_copy(update={"model": result.model.model_copy(update={"config": config})})

    undirected = without_argument(make("gae", encoder="dir", class_path="m.GAE", directed=False))
    same, other = (without_argument(make(name, encoder=name)) for name in ("dir", "gcn"))
    assert names(directed_pairs([undirected, same, other])) == [("dir", "gae")]


def test_the_best_of_each_kind_meet(make: Make) -> None:
    results = [
        make("low", [0.1, 0.1, 0.1], encoder="dir"),
        make("high", [0.9, 0.9, 0.9], encoder="profile", z="metadata"),
        make("not-an-autoencoder", [1.0, 1.0, 1.0]),
        make("undirected-low", [0.2, 0.2, 0.2], encoder="gcn", directed=False),
        make("undirected-high", [0.3, 0.3, 0.3], encoder="gcn", directed=False, variational=True),
        make("cosine", [0.8, 0.8, 0.8], directed=False),
    ]
    assert names(best_directed_pair(results)) == [("high", "undirected-high")]
    assert best_directed_pair(results[:3]) == []
    assert best_directed_pair(results[3:]) == []


def test_every_kind_of_z_meets_none(make: Make) -> None:
    results = [
        make("plain"),
        make("named-otherwise", [0.6, 0.6, 0.6], z="metadata"),
        make("plain+prompt", [0.7, 0.5, 0.6], z="prompt"),
        make("other+z", [0.6, 0.6, 0.6], z="metadata", class_path="elsewhere.Other"),
    ]
    assert names(embedding_pairs(results)) == [("named-otherwise", "plain"), ("plain+prompt", "plain")]


def test_a_model_that_takes_no_notice_of_z_is_no_pair(make: Make) -> None:
    assert embedding_pairs([make("plain"), make("plain+z", z="metadata")]) == []


@pytest.mark.parametrize(
    "unlike", [*UNLIKE[1:], {"encoder": "dir"}, {"directed": False}, {"class_path": "elsewhere.Other"}]
)
def test_no_pair_with_and_without_z_differs_in_more(make: Make, unlike: dict[str, object]) -> None:
    plain = make("plain")
    with_z = {"z": "metadata", "scores": [0.6, 0.6, 0.6]}
    assert len(embedding_pairs([plain, make("plain+z", **with_z)])) == 1
    assert embedding_pairs([plain, make("plain+z", **{**with_z, **unlike})]) == []


def test_any_convolution_meets_the_profile_encoder_of_its_family(make: Make) -> None:
    results = [
        make("gae-profile", encoder="profile", class_path="m.GAE"),
        make("gae-dir", encoder="dir", class_path="m.GAE"),
        make("gae-of-somebody", encoder="attention", class_path="m.GAE"),
        make("gravity-dir", encoder="dir", class_path="m.Gravity"),
        make("no-encoder", class_path="m.GAE"),
    ]
    assert names(message_passing_pairs(results)) == [
        ("gae-dir", "gae-profile"),
        ("gae-of-somebody", "gae-profile"),
    ]


@pytest.mark.parametrize(
    "unlike", [*UNLIKE, {"encoder": "profile"}, {"directed": False}, {"class_path": "elsewhere.Other"}]
)
def test_no_pair_of_encoders_differs_in_more(make: Make, unlike: dict[str, object]) -> None:
    profile = make("profile", encoder="profile")
    assert len(message_passing_pairs([profile, make("dir", encoder="dir")])) == 1
    assert message_passing_pairs([profile, make("dir", **{"encoder": "dir", **unlike})]) == []


def test_graph_models_meet_the_best_model_without_an_encoder(make: Make) -> None:
    results = [
        make("gae-dir", encoder="dir"),
        make("gae-profile", [0.9, 0.9, 0.9], encoder="profile"),
        make("prior", [0.6, 0.6, 0.6]),
        make("better-prior", [0.5, 0.7, 0.9], z="metadata"),
        make("gae-gcn+z", encoder="gcn", z="metadata"),
    ]
    assert names(baseline_pairs(results)) == [("gae-dir", "better-prior"), ("gae-gcn+z", "better-prior")]
    assert baseline_pairs(results[:2]) == []


def test_results_without_a_score_are_in_no_pair(make: Make) -> None:
    nothing = [None, None, None]
    results = [
        make("gae-dir", nothing, encoder="dir", directed=False),
        make("gae-profile", nothing, encoder="profile", directed=False),
        make("st-dir", encoder="dir"),
        make("st-profile", nothing, encoder="profile"),
        make("prior", nothing),
        make("prior+z", [0.6, 0.6, 0.6], z="metadata"),
    ]
    for find in (directed_pairs, best_directed_pair, embedding_pairs, message_passing_pairs):
        assert find(results) == []
    assert names(baseline_pairs(results)) == [("st-dir", "prior+z")]


def test_the_pretrained_network_meets_the_best_fitted_model_and_is_no_baseline(make: Make) -> None:
    pretrained = "lit_models.prior_fitted.PriorFitted"
    results = [
        make("prior-fitted", class_path=pretrained, scores=[0.9, 0.9]),
        make("prior-fitted+pairs", class_path=pretrained, pairs="all", scores=[0.95, 0.95]),
        make("atlas", class_path="lit_models.blend.Blend", encoder="profile", scores=[0.7, 0.7]),
        make("kernel-ridge", class_path="m.Ridge", scores=[0.6, 0.6]),
        make("gae-dir", class_path="m.GAE", encoder="dir", scores=[0.5, 0.5]),
    ]
    assert names(pretrained_pairs(results)) == [("prior-fitted", "atlas")]
    assert names(own_pairs(results)) == [("atlas", "kernel-ridge")]
    assert names(baseline_pairs(results)) == [("gae-dir", "kernel-ridge")]
