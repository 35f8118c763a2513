"""Bar distributions against numerical integration."""

import pytest
import torch

from lit_models.layers.bar_distribution import BARS, OUTERMOST, BarDistribution, edges

# Wide enough for tails whose scale is 1, and fine enough for the narrowest bar.
GRID = torch.linspace(-40.0, 40.0, 400_001, dtype=torch.float64)
STEP = float(GRID[1] - GRID[0])


@pytest.fixture(params=range(3))
def bars(request: pytest.FixtureRequest) -> BarDistribution:
    generator = torch.Generator().manual_seed(request.param)
    logits = 2.0 * torch.randn(BARS, dtype=torch.float64, generator=generator)
    return BarDistribution(logits.log_softmax(-1))


def density(bars: BarDistribution) -> torch.Tensor:
    return BarDistribution(bars.log_mass.expand(len(GRID), -1)).log_density(GRID).exp()


def test_the_density_integrates_to_one(bars: BarDistribution) -> None:
    assert float(density(bars).sum() * STEP) == pytest.approx(1.0, abs=1e-3)


def test_mean_and_scale_are_those_of_the_density(bars: BarDistribution) -> None:
    weight = density(bars) * STEP
    mean = (weight * GRID).sum()
    assert float(bars.mean) == pytest.approx(float(mean), abs=2e-3)
    assert float(bars.scale) == pytest.approx(float((weight * (GRID - mean).square()).sum().sqrt()), abs=3e-3)


@pytest.mark.parametrize("level", [0.001, 0.05, 0.3, 0.5, 0.95, 0.9999])
def test_a_quantile_has_its_share_below(bars: BarDistribution, level: float) -> None:
    below = (density(bars) * (bars.quantile(level) >= GRID)).sum() * STEP
    assert float(below) == pytest.approx(level, abs=1e-3)


def test_edges_are_symmetric_and_narrowest_in_the_middle() -> None:
    edge = edges(torch.float64)
    assert len(edge) == BARS - 1
    assert torch.allclose(edge, -edge.flip(0), atol=1e-12)
    assert float(edge[-1]) == pytest.approx(OUTERMOST)
    assert edge.diff().argmin() in (19, 20)


def test_a_value_on_an_edge_belongs_to_the_bar_above_it() -> None:
    only = torch.full((BARS,), -50.0, dtype=torch.float64)
    only[6] = 0.0
    bars = BarDistribution(only)
    edge = edges(torch.float64)
    assert float(bars.log_density(edge[5])) == pytest.approx(-float(edge.diff()[5].log()))
    assert float(bars.log_density(edge[6])) < -40.0
