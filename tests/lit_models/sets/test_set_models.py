"""Every shipped set model passes the checks of submissions, and learns what sets show."""

import numpy as np
import pytest
import torch

from benchmark.sets.fit_set_model import fit_set_model
from benchmark.sets.set_metrics import score_sets
from benchmark.smoke.checks import SET_CHECKS
from benchmark.smoke.guard import Guard
from benchmark.smoke.subject import Subject
from datamodules.errors import UserError
from datamodules.sets.protocol import make_set_splits
from datamodules.sets.set_graph import SetEpisode
from datamodules.sets.task_sets import TaskSets
from lit_models.sets.hypergraph_convolution import HypergraphConvolution
from lit_models.sets.linear_surrogate import LinearSurrogate
from lit_models.sets.lit_sets import draw
from lit_models.sets.pooling import MemberPooling
from lit_models.sets.registry import load_set_model, set_model_names

FORWARD = ("sets", "gradient of sets", "order of sets")


@pytest.mark.parametrize("name", set_model_names())
def test_shipped_models_pass_the_checks_of_sets(name: str) -> None:
    subject = Subject(load_set_model(name), guard=Guard(""))
    for check in SET_CHECKS:
        if check.name in FORWARD:
            assert check.function(subject)


@pytest.mark.slow
@pytest.mark.parametrize("name", set_model_names())
def test_shipped_models_pass_all_checks(name: str) -> None:
    subject = Subject(load_set_model(name), guard=Guard(""))
    for check in SET_CHECKS:
        assert check.function(subject)


@pytest.mark.parametrize(
    ("name", "least"),
    [("linear-surrogate", 0.95), ("pair-surrogate", 0.9), ("hyperedge-kriging", 0.9), ("trees-on-sets", 0.7)],
)
def test_sums_are_learnt(additive_sets: TaskSets, name: str, least: float) -> None:
    splits = make_set_splits(additive_sets, setting="random")[:2]
    scores = fit_set_model(load_set_model(name), additive_sets, splits).scores.numpy()
    assert np.nanmean(score_sets(scores, additive_sets, splits)["spearman"]) > least


def test_pools_by_hand(episode: SetEpisode) -> None:
    graph, sets = episode.graph, episode.sets
    single = graph.affinity.mT[sets.target]
    for row in (0, 17):
        own = single[row][sets.members[row]]
        expected = {
            "best": own.max(),
            "mean": own.mean(),
            "logsumexp": (2 * own).exp().sum().log(),
            "capped-sum": own.clamp(-1, 1).sum(),
            "size": torch.tensor(float(len(own))),
        }
        for pool, score in expected.items():
            found = MemberPooling(8, 0, pool=pool).forward_sets(graph, sets)  # type: ignore[arg-type]  # pool is a str
            torch.testing.assert_close(found[row], score)


def test_without_a_measured_set_a_surrogate_is_the_sum_of_single_transfers(episode: SetEpisode) -> None:
    graph, sets = episode.graph, episode.sets
    bare = sets._replace(observed=sets.observed & False, value=sets.value * 0)
    scores = LinearSurrogate(8, 0).forward_sets(graph, bare)
    torch.testing.assert_close(scores, (graph.affinity.mT[sets.target] * sets.members).sum(1))


def test_a_training_step_hides_a_third_of_the_sets_it_draws(episode: SetEpisode) -> None:
    batch = type(episode.sets)(*(field[None] for field in episode.sets))
    drawn, value, asked = draw(batch, torch.tensor([7]), hide=True)
    count = int(batch.observed.sum())
    assert drawn.target.shape == (1, count)
    assert asked.sum() == -(-count // 3)
    assert (drawn.observed == ~asked).all()
    assert not drawn.value[asked].any()
    assert value[asked].all()
    everything, _, asked = draw(batch, torch.tensor([7]), hide=False)
    assert asked.all()
    assert everything.observed.all()


def test_convolution_reads_values(episode: SetEpisode) -> None:
    model = HypergraphConvolution(8, 0).eval()
    graph, sets = episode.graph, episode.sets
    changed = sets._replace(value=sets.value.flip(0) * sets.observed)
    assert not torch.allclose(model.forward_sets(graph, sets), model.forward_sets(graph, changed))


def test_names_and_other_classes_are_refused() -> None:
    with pytest.raises(UserError, match="unknown set model 'deep-set': did you mean 'deep-sets'"):
        load_set_model("deep-set")
    with pytest.raises(UserError, match="the class scores no sets: derive it from SetModel"):
        load_set_model("lit_models.gae.GAE")
    assert load_set_model("deep-sets+z").z == "metadata"
