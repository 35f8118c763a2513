"""Masked training: what a step hides, what it asks for, and the second loss on the task vectors."""

from collections.abc import Callable

import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.autoencoder import hide_entries
from lit_models.base import masked_squared_error
from lit_models.gae import GAE
from lit_models.source_target import SourceTargetGAE

SIZE = 6


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    return random_graph(SIZE)


def made(**options: float) -> SourceTargetGAE:
    torch.manual_seed(0)
    return SourceTargetGAE(SIZE, 0, dropout=0.0, **options)  # type: ignore[arg-type]  # its keywords


def test_hidden_entries_are_gone_and_the_rest_is_longer(graph: TaskGraph) -> None:
    seen = hide_entries(graph, share=0.5)
    assert not (seen.observed & ~graph.observed).any()
    assert 0 < seen.observed.sum() < graph.observed.sum()
    torch.testing.assert_close(seen.affinity, torch.where(seen.observed, 2 * graph.affinity, 0.0))
    assert hide_entries(graph, share=0.0) is graph
    other = hide_entries(graph._replace(key=torch.tensor(99)), share=0.5)
    assert not torch.equal(other.observed, seen.observed)


def test_about_the_asked_share_is_hidden(graph: TaskGraph) -> None:
    kept = [
        hide_entries(graph._replace(key=torch.tensor(key)), share=0.3).observed.sum() for key in range(200)
    ]
    assert torch.stack(kept).float().mean() / graph.observed.sum() == pytest.approx(0.7, abs=0.02)


def test_masked_training_asks_for_hidden_entries_as_well(graph: TaskGraph) -> None:
    model = made(hide=0.4)
    scores = model.decode(model.encode(hide_entries(graph, share=0.4)))
    expected = masked_squared_error(scores, graph.affinity, graph.observed)
    assert torch.equal(model.objective(graph), expected)
    assert not torch.equal(expected, model.loss(graph, model(graph)))


def test_reconstruction_adds_the_squared_distance_to_the_whole_graphs_vectors(graph: TaskGraph) -> None:
    model = made(hide=0.4, reconstruction=3.0)
    seen, whole = model.encode(hide_entries(graph, share=0.4)), model.encode(graph)
    recovery = masked_squared_error(model.decode(seen), graph.affinity, graph.observed)
    distance = ((seen - whole) ** 2).sum() / SIZE
    torch.testing.assert_close(model.objective(graph), recovery + 3.0 * distance)


def test_reconstruction_pulls_at_the_masked_end_alone(graph: TaskGraph) -> None:
    """Its gradient is that of a distance to constants."""
    model = made(hide=0.4, reconstruction=3.0)
    model.objective(graph).backward()
    weight = model.get_parameter("encoder.head.weight")
    assert weight.grad is not None
    found = weight.grad.clone()
    model.zero_grad()
    constants = model.encode(graph).detach()
    seen = model.encode(hide_entries(graph, share=0.4))
    recovery = masked_squared_error(model.decode(seen), graph.affinity, graph.observed)
    (recovery + 3.0 * ((seen - constants) ** 2).sum() / SIZE).backward()
    torch.testing.assert_close(found, weight.grad)


@pytest.mark.parametrize(
    ("arguments", "named"), [({"hide": 1.0}, "hide 1.0"), ({"reconstruction": 1.0}, "set hide too")]
)
def test_options_out_of_range_are_refused(arguments: dict[str, float], named: str) -> None:
    with pytest.raises(UserError, match=named):
        GAE(SIZE, 0, **arguments)  # type: ignore[arg-type]  # its keywords
