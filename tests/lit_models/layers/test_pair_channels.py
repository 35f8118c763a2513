"""Pair channels: any number in any order, and which of them a graph has."""

import pytest
import torch
from torch import Tensor

from datamodules.graph import TaskGraph, graph_of
from lit_models.layers.pair_channels import PairChannels, graph_channels, standardised

TASKS = 6
APART = ~torch.eye(TASKS, dtype=torch.bool)


@pytest.fixture
def graph() -> TaskGraph:
    generator = torch.Generator().manual_seed(0)
    value = torch.randn(TASKS, TASKS, generator=generator)
    return graph_of(value, (torch.rand(TASKS, TASKS, generator=generator) < 0.6) & APART)


@pytest.fixture
def channels() -> Tensor:
    return torch.randn(3, TASKS, TASKS, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def embed() -> PairChannels:
    torch.manual_seed(0)
    return PairChannels(8)


def test_channels_are_standardised_over_eligible_pairs(graph: TaskGraph, channels: Tensor) -> None:
    eligible = graph.eligible.clone()
    eligible[0] = False
    scores, present = standardised(torch.cat([100 + channels, torch.full((1, TASKS, TASKS), 5.0)]), eligible)
    assert present.tolist() == [1.0, 1.0, 1.0, 0.0]
    assert not scores[-1].any()
    for channel in scores[:3]:
        assert float(channel[eligible].mean()) == pytest.approx(0.0, abs=1e-4)
        assert float(channel[eligible].std(correction=0)) == pytest.approx(1.0, abs=1e-3)
        assert not channel.diagonal().any()


def test_the_order_of_channels_and_empty_ones_do_not_matter(
    graph: TaskGraph, channels: Tensor, embed: PairChannels
) -> None:
    expected = embed(graph, channels)
    assert expected.shape == (TASKS, TASKS, 8)
    torch.testing.assert_close(embed(graph, channels[[2, 0, 1]]), expected)
    empty = torch.ones(1, TASKS, TASKS)
    torch.testing.assert_close(embed(graph, torch.cat([channels, empty])), expected)
    assert not embed(graph, empty).any()
    assert not embed(graph, channels[:0]).any()


def test_each_channel_counts(graph: TaskGraph, channels: Tensor, embed: PairChannels) -> None:
    for left in ([0, 1], [0, 2], [1, 2]):
        assert not torch.allclose(embed(graph, channels[left]), embed(graph, channels), atol=1e-3)


def test_the_unit_of_a_channel_does_not_matter(
    graph: TaskGraph, channels: Tensor, embed: PairChannels
) -> None:
    torch.testing.assert_close(embed(graph, 1e-3 * channels), embed(graph, channels), rtol=1e-3, atol=1e-4)


def test_group_output_kind_and_numbers_become_channels() -> None:
    group = torch.tensor([0, 0, 1, -1])
    of_group = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 0]])
    of_kind = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    number = torch.tensor([[0.5], [-2.0], [3.0], [0.25]])
    x = torch.cat([of_group, of_kind, number], 1)
    graph = graph_of(torch.zeros(4, 4), torch.zeros(4, 4, dtype=torch.bool), x=x)._replace(group=group)
    same_group, same_kind, cosine, *columns = graph_channels(graph)
    apart = ~torch.eye(4, dtype=torch.bool)
    assert torch.equal(same_group[apart], (of_group @ of_group.T)[apart])
    assert torch.equal(same_kind[apart], (of_kind @ of_kind.T)[apart])
    assert set(cosine[apart].round().tolist()) <= {-1.0, 1.0}
    assert torch.equal(columns[0], number.expand(4, 4))
    assert not torch.stack(columns[1:]).any()  # labels are no numbers


def test_without_z_there_are_group_and_pair_features(graph: TaskGraph) -> None:
    assert graph_channels(graph).shape == (1, TASKS, TASKS)
    edge_attr = torch.randn(TASKS, TASKS, 3)
    channels = graph_channels(graph._replace(edge_attr=edge_attr))
    assert torch.equal(channels[1:], edge_attr.permute(2, 0, 1).to(channels))
