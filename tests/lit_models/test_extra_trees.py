"""Extremely randomised trees: what they see by hand, parity with a forest fitted row by row, keys."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.ensemble import ExtraTreesRegressor

from datamodules.graph import TaskGraph, graph_of
from lit_models import extra_trees
from lit_models.extra_trees import ExtraTrees, transfer_features


def test_features_by_hand() -> None:
    """Of 0 -> 1: the row of 0 and the column of 1, both without their common entry 5, then both tasks' Z."""
    affinity = torch.tensor([[0.0, 5.0, 6.0], [7.0, 0.0, 0.0], [0.0, 8.0, 0.0]])
    graph = graph_of(affinity, affinity > 0, x=torch.tensor([[0.1], [0.2], [0.3]]))
    features = transfer_features(graph, torch.tensor([0, 0, 2]), torch.tensor([1, 2, 0]))
    expected = [[0, 0, 6, 0, 0, 8, 0.1, 0.2], [0, 5, 0, 0, 0, 0, 0.1, 0.3], [0, 8, 0, 0, 7, 0, 0.3, 0.1]]
    torch.testing.assert_close(features, torch.tensor(expected))


def test_no_transfer_can_be_read_off_its_own_features(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    pairs = torch.ones(6, 6).nonzero().T
    before = transfer_features(graph, *pairs)
    affinity = graph.affinity.clone()
    affinity[2, 4] += 100.0
    after = transfer_features(graph._replace(affinity=affinity), *pairs)
    moved = (after != before).any(-1).reshape(6, 6)
    assert not moved[2, 4]
    others = [target for target in range(6) if target != 4]
    assert moved[2, others].all()
    assert moved[[0, 1, 3, 4, 5], 4].all()
    assert moved.sum() == 10


def test_scores_are_those_of_a_forest_fitted_row_by_row(
    random_graph: Callable[..., TaskGraph], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra_trees, "BLOCK", 10)  # 49 transfers are predicted in five blocks
    graph = random_graph(7, features=2, seed=3)
    rows, values = [], []
    for source in range(7):
        for target in range(7):
            row, column = graph.affinity[source].numpy().copy(), graph.affinity[:, target].numpy().copy()
            row[target] = column[source] = 0.0
            rows.append(np.concatenate([row, column, graph.x[source], graph.x[target]]))
            values.append(graph.affinity[source, target].item())
    observed = graph.observed.flatten().numpy()
    forest = ExtraTreesRegressor(20, min_samples_split=4, max_features=6, random_state=3)
    forest.fit(np.stack(rows)[observed], np.array(values)[observed])
    scores = ExtraTrees(7, 2, trees=20, min_samples_split=4, features_per_split=6)(graph)
    np.testing.assert_allclose(scores.flatten(), forest.predict(np.stack(rows)), atol=1e-6)


def test_the_key_is_the_forests_seed(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    model = ExtraTrees(6, 0, trees=5)
    # A key is any 64-bit integer.
    first, second = (model(graph._replace(key=torch.tensor(key))) for key in (-(2**63), 2**63 - 1))
    assert not torch.equal(first, second)
    np.random.seed(1)
    assert torch.equal(model(graph._replace(key=torch.tensor(-(2**63)))), first)


def test_nothing_observed_is_scored_zero(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(6)
    nothing = graph._replace(affinity=graph.affinity * 0, observed=graph.observed & False)
    assert not ExtraTrees(6, 0)(nothing).any()


def test_new_tasks_are_ranked_by_their_z() -> None:
    assert ExtraTrees(6, 0).settings == {"transductive"}
    assert ExtraTrees(6, 2).settings == {"transductive", "inductive"}
