"""The prior-fitted network with and without a cheap matrix, averaged."""

import math
from collections.abc import Callable

import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.prior_fitted import PriorFitted
from lit_models.prior_fitted_cheap import PriorFittedCheap
from lit_models.zero_transfer import ZeroTransfer


def test_it_is_the_even_mixture_of_two_readings(random_graph: Callable[..., TaskGraph]) -> None:
    plain = random_graph(7)
    cheap = torch.randn(7, 7, 1, generator=torch.Generator().manual_seed(1))
    graph = plain._replace(edge_attr=cheap)
    network = PriorFitted(7, 0)
    without = network.reading(plain._replace(edge_attr=cheap[..., :0]))
    beside = network.reading(graph._replace(edge_attr=ZeroTransfer(7, 0)(graph)[..., None]))
    found = PriorFittedCheap(7, 0).reading(graph)
    torch.testing.assert_close(found.rank, (without.rank + beside.rank) / 2)
    torch.testing.assert_close(found.value.log_mass.exp().sum(-1), torch.ones(7, 7))
    torch.testing.assert_close(found.value.mean, (without.value.mean + beside.value.mean) / 2)
    apart = (without.value.mean - beside.value.mean).abs() / 2
    variance = (without.value.scale.square() + beside.value.scale.square()) / 2 + apart.square()
    torch.testing.assert_close(found.value.scale, variance.sqrt(), atol=1e-5, rtol=1e-4)
    assert apart.max() > 0.01
    assert math.isfinite(float(PriorFittedCheap(7, 0).predictive(graph).scale.max()))


def test_levels_of_targets_do_not_matter(random_graph: Callable[..., TaskGraph]) -> None:
    plain, generator = random_graph(7), torch.Generator().manual_seed(1)
    cheap, level = torch.randn(7, 7, 1, generator=generator), torch.randn(1, 7, 1, generator=generator)
    model = PriorFittedCheap(7, 0)
    one, other = (model(plain._replace(edge_attr=each)) for each in (cheap, 2.0 * cheap + 50.0 * level))
    torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_it_needs_a_cheap_matrix() -> None:
    with pytest.raises(UserError, match="pair feature"):
        PriorFittedCheap(7, 0).use_pair_features(0)
