"""Regression on pairs: its table by hand, and what it finds."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeCV

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, graph_of
from lit_models.base import build_model
from lit_models.pair_regression import PENALTIES, Method, PairRegression, pair_table


def test_the_table_by_hand() -> None:
    affinity = torch.tensor([[0.0, 3.0, 5.0], [2.0, 0.0, 0.0], [4.0, 0.0, 0.0]])
    observed = torch.tensor([[0, 1, 1], [1, 0, 0], [1, 0, 0]]).bool()
    x = torch.tensor([[7.0], [8.0], [9.0]])
    edge_attr = torch.arange(9.0).view(3, 3, 1)
    table = pair_table(graph_of(affinity, observed, x=x)._replace(edge_attr=edge_attr))
    # 0 → 1: the feature; less the mean of 1 and 7; Z of both; 5 over one other transfer and the shrinkage.
    assert table[0, 1].tolist() == [1.0, -3.0, 7.0, 8.0, 2.5]
    # 1 → 2 is hidden: the mean of 2 over its one transfer and the shrinkage.
    assert table[1, 2].tolist() == [5.0, 1.5, 8.0, 9.0, 1.0]


@pytest.mark.parametrize("method", ["ridge", "boosting"])
def test_it_finds_what_pairs_say(random_graph: Callable[..., TaskGraph], method: Method) -> None:
    graph = random_graph(20)
    edge_attr = torch.randn(20, 20, 2)
    said = 2 * edge_attr[..., 0] - edge_attr[..., 1]
    graph = graph._replace(edge_attr=edge_attr, affinity=said * graph.observed)
    scores = build_model(lambda n, f: PairRegression(n, f, method=method), 20, 0, 2)(graph)
    hidden = graph.query
    assert np.corrcoef(scores[hidden], said[hidden])[0, 1] > 0.9


def test_ridge_is_scikit_learns(random_graph: Callable[..., TaskGraph]) -> None:
    graph = random_graph(8, features=2)._replace(edge_attr=torch.randn(8, 8, 3))
    table, observed = pair_table(graph).double().numpy(), graph.observed.numpy()
    fitted = RidgeCV(PENALTIES).fit(table[observed], graph.affinity.double().numpy()[observed])
    scores = PairRegression(8, 2, method="ridge")(graph)
    np.testing.assert_allclose(scores, fitted.predict(table.reshape(64, -1)).reshape(8, 8), rtol=1e-5)


def test_it_needs_pair_features() -> None:
    with pytest.raises(UserError, match="needs pair features"):
        build_model(lambda n, f: PairRegression(n, f), 5, 0, 0)
