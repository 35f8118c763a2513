"""Nearest neighbours: values by hand, a reference by loops, and groups that are recovered."""

from collections.abc import Callable
from math import sqrt

import pytest
import torch
from torch import Tensor
from torch.func import vmap

from datamodules.graph import TaskGraph, graph_of
from lit_models.additive import Additive, additive_fit
from lit_models.nearest import NearestSources, similarity, sum_over_nearest

# Rows 0 and 1 agree on columns 0 and 1; row 2 shares column 0 with both, column 2 with row 1, and disagrees.
RESIDUAL = torch.tensor([[1.0, 2.0, 0.0], [2.0, 4.0, 5.0], [-3.0, 0.0, 4.0]])
OBSERVED = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0]])


def test_similarity_by_hand() -> None:
    """λ = 2, so two common columns halve a correlation: 0 and 1 have ρ = 1, 1 and 2 (−6 + 20) / √29 / 5."""
    between = 14 / sqrt(29) / 5 / 2
    expected = torch.tensor([[0.0, 0.5, 0.0], [0.5, 0.0, between], [0.0, between, 0.0]])
    torch.testing.assert_close(similarity(RESIDUAL, OBSERVED, shrinkage=2.0), expected)


def test_rows_without_a_common_column_are_unrelated() -> None:
    assert not similarity(torch.eye(3), torch.eye(3), shrinkage=2.0).any()


def test_sums_over_all_neighbours_by_hand() -> None:
    """Row 1 stands between 0 and 2: by its similarity to each in column 0, alone with one in the others."""
    between = 14 / sqrt(29) / 5 / 2
    total, weight = sum_over_nearest(RESIDUAL, OBSERVED, neighbours=2, shrinkage=2.0)
    torch.testing.assert_close(weight[1], torch.tensor([0.5 + between, 0.5, between]))
    torch.testing.assert_close(total[1], torch.tensor([0.5 * 1.0 - between * 3.0, 1.0, between * 4.0]))
    torch.testing.assert_close(total[0], torch.tensor([1.0, 2.0, 2.5]))


def test_the_most_alike_come_first() -> None:
    """Row 1 is more like row 0 (.5) than like row 2 (.26), which alone has column 2."""
    between = 14 / sqrt(29) / 5 / 2
    total, weight = sum_over_nearest(RESIDUAL, OBSERVED, neighbours=1, shrinkage=2.0)
    torch.testing.assert_close(weight[1], torch.tensor([0.5, 0.5, between]))
    torch.testing.assert_close(total[1], torch.tensor([0.5, 1.0, between * 4.0]))


@pytest.mark.parametrize("neighbours", [1, 3, 50])
def test_scores_are_those_of_loops(random_graph: Callable[..., TaskGraph], neighbours: int) -> None:
    graph = random_graph(9, seed=4)
    additive = additive_fit(graph, ridge=1.0)
    residual = (graph.affinity - additive) * graph.observed
    expected = additive.clone()
    for source in range(9):
        for target in range(9):
            found = []
            for other in range(9):
                both = graph.observed[source] & graph.observed[other]
                if other == source or not graph.observed[other, target] or not both.any():
                    continue
                a, b = residual[source][both], residual[other][both]
                alike = (a @ b / (a.norm() * b.norm())).item() * len(a) / (len(a) + 5.0)
                found.append((max(alike, 0.0), residual[other, target].item()))
            nearest = sorted(found, reverse=True)[:neighbours]
            weight = sum(alike for alike, _ in nearest)
            if weight:
                expected[source, target] += sum(alike * value for alike, value in nearest) / weight
    torch.testing.assert_close(NearestSources(9, 0, neighbours=neighbours)(graph), expected)


def correlation(scores: Tensor, truth: Tensor) -> float:
    return torch.corrcoef(torch.stack([scores, truth]))[0, 1].item()


@pytest.mark.parametrize("targets_too", [False, True])
def test_groups_of_like_tasks_are_recovered(seventy_percent: Tensor, targets_too: bool) -> None:
    """Thirty tasks of three kinds; what a transfer is worth depends on the two kinds alone."""
    kind = torch.arange(30) % 3
    matrix = torch.tensor([[2.0, -1.0, -1.0], [-1.0, 2.0, -1.0], [-1.0, -1.0, 2.0]])[kind][:, kind]
    graph = graph_of(matrix, seventy_percent)
    truth = matrix[graph.query]
    assert correlation(NearestSources(30, 0, targets_too=targets_too)(graph)[graph.query], truth) > 0.98
    assert abs(correlation(Additive(30, 0)(graph)[graph.query], truth)) < 0.7


@pytest.mark.parametrize("targets_too", [False, True])
def test_with_targets_rows_and_columns_play_the_same_part(
    random_graph: Callable[..., TaskGraph], targets_too: bool
) -> None:
    graph = random_graph(12)
    model = NearestSources(12, 0, targets_too=targets_too)
    turned = graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)
    assert torch.allclose(model(turned).mT, model(graph), atol=1e-3) is targets_too


def test_without_neighbours_the_additive_model_stands_alone() -> None:
    observed = torch.eye(4).roll(1, 0).bool()
    graph = graph_of(torch.randn(4, 4, generator=torch.Generator().manual_seed(0)), observed)
    assert torch.equal(NearestSources(4, 0)(graph), Additive(4, 0)(graph))


def test_graphs_are_batched_by_vmap(random_graph: Callable[..., TaskGraph]) -> None:
    graphs = [random_graph(8, seed=seed) for seed in (0, 1)]
    batch = TaskGraph(*(torch.stack(fields) for fields in zip(*graphs, strict=True)))
    model = NearestSources(8, 0, targets_too=True)
    torch.testing.assert_close(vmap(model)(batch), torch.stack([model(graph) for graph in graphs]))


def test_a_new_task_is_like_none() -> None:
    assert NearestSources(8, 0).settings == {"transductive"}
