"""Link prediction's splits: what is hidden, what it is tested against, and what is left."""

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.links.splits import LINK_TASKS, DirectedGraph, LinkTask, Pairs, make_link_split, reciprocal

SIZE = 60


@pytest.fixture(scope="module")
def graph() -> DirectedGraph:
    """About 500 edges, some of them in both directions."""
    rng = np.random.default_rng(0)
    matrix = rng.random((SIZE, SIZE)) < 0.12
    matrix |= np.triu(matrix.T & (rng.random((SIZE, SIZE)) < 0.2), k=1)
    np.fill_diagonal(matrix, val=False)
    return DirectedGraph("drawn", tuple(map(str, range(SIZE))), np.argwhere(matrix))


def pairs(array: Pairs) -> set[tuple[int, int]]:
    return set(map(tuple, array.tolist()))


@pytest.mark.parametrize("task", LINK_TASKS)
def test_nothing_that_is_asked_for_is_shown(graph: DirectedGraph, task: LinkTask) -> None:
    split = make_link_split(graph, task=task, seed=3)
    edges, train, positive = pairs(graph.edges), pairs(split.train), pairs(split.positive)
    assert train <= edges
    assert positive <= edges
    assert not train & positive
    assert not pairs(split.negative) & edges
    assert len(positive) == len(pairs(split.negative)) > 0


def test_general_hides_a_tenth_and_holds_a_twentieth_back(graph: DirectedGraph) -> None:
    split = make_link_split(graph, task="general", seed=0)
    count = len(graph.edges)
    assert abs(len(split.positive) - count / 10) <= 1
    assert abs(len(split.held_back) - count / 20) <= 1
    assert len(split.train) + len(split.positive) + len(split.held_back) == count


def test_biased_asks_for_one_way_edges_against_their_reverses(graph: DirectedGraph) -> None:
    split = make_link_split(graph, task="biased", seed=0)
    both_ways = pairs(graph.edges[reciprocal(graph)])
    assert not both_ways & pairs(split.positive)
    assert pairs(split.negative) == pairs(split.positive[:, ::-1])


def test_bidirectional_hides_one_of_two(graph: DirectedGraph) -> None:
    split = make_link_split(graph, task="bidirectional", seed=0)
    assert pairs(split.positive[:, ::-1]) <= pairs(split.train)
    assert len(split.positive) == reciprocal(graph).sum() / 2


@pytest.mark.parametrize("task", LINK_TASKS)
def test_a_seed_makes_a_split(graph: DirectedGraph, task: LinkTask) -> None:
    first, again, other = (make_link_split(graph, task=task, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.positive, again.positive)
    np.testing.assert_array_equal(first.negative, again.negative)
    assert pairs(other.negative) != pairs(first.negative)


def test_a_graph_without_two_way_edges_has_no_such_task() -> None:
    chain = DirectedGraph("chain", ("a", "b", "c"), np.array([[0, 1], [1, 2]]))
    with pytest.raises(UserError, match="leave nothing to test the task 'bidirectional' on"):
        make_link_split(chain, task="bidirectional", seed=0)
