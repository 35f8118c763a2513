"""Readouts trained at once are those trained alone, and sources differ in their features only."""

import pytest
import torch
from torch import Tensor, nn

from measurement.readouts import LitReadouts, Standardise, join
from measurement.task import (
    Examples,
    MapHead,
    MeasuredTask,
    Part,
    VectorHead,
    cross_entropy,
    squared_error,
)
from measurement.training import Batches, TrainingPlan, fit

SCHEDULE = TrainingPlan(steps=30, batch=8, learning_rate=3e-3)
FEATURES = (4, 6, 6)


class Signs(MeasuredTask):
    """A task without data of its own."""

    def data(self, part: Part, *, seed: int) -> Examples:
        raise NotImplementedError

    def head(self, features: tuple[int, ...]) -> nn.Module:
        return VectorHead(features, outputs=2, hidden=5)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return cross_entropy(output, labels)


@pytest.fixture
def features() -> Tensor:
    """Three sources, 40 examples."""
    return torch.randn(3, 40, *FEATURES, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def labels(features: Tensor) -> Tensor:
    """What the second source knows."""
    return (features[1].mean((1, 2, 3)) > 0).long()


def trained(features: Tensor, labels: Tensor) -> LitReadouts:
    torch.manual_seed(3)
    readouts = LitReadouts(
        task=Signs(name="signs"), features=FEATURES, count=len(features), schedule=SCHEDULE
    )
    fit(readouts, Batches([features, labels], dims=[1, 0], schedule=SCHEDULE, seed=4))
    return readouts


def test_together_is_as_alone(features: Tensor, labels: Tensor) -> None:
    together = trained(features, labels).losses(features, labels)
    for i in range(3):
        alone = trained(features[i : i + 1], labels).losses(features[i : i + 1], labels)
        torch.testing.assert_close(together[i : i + 1], alone, rtol=1e-4, atol=1e-5)


def test_equal_features_give_equal_readouts_and_better_ones_win(features: Tensor, labels: Tensor) -> None:
    losses = trained(features[[0, 1, 0]], labels).losses(features[[0, 1, 0]], labels).mean(1)
    torch.testing.assert_close(losses[0], losses[2])
    assert losses[1] < losses[0]


def test_the_loss_is_the_tasks_own(features: Tensor, labels: Tensor) -> None:
    readouts = trained(features, labels)
    output = readouts(features)
    assert output.shape == (3, 40, 2)
    expected = torch.stack([cross_entropy(each, labels) for each in output])
    torch.testing.assert_close(readouts.losses(features, labels), expected)


def test_a_head_with_buffers_is_refused() -> None:
    class Normed(Signs):
        def head(self, features: tuple[int, ...]) -> nn.Module:
            return nn.Sequential(nn.BatchNorm2d(features[0]), VectorHead(features, outputs=2))

    with pytest.raises(ValueError, match="has buffers"):
        LitReadouts(task=Normed(name="normed"), features=FEATURES, count=2, schedule=SCHEDULE)


def test_heads_have_the_shapes_that_they_say() -> None:
    x = torch.zeros(5, *FEATURES)
    assert MapHead(FEATURES, channels=3)(x).shape == (5, 3, 12, 12)
    assert MapHead(FEATURES, channels=1, upscale=4)(x).shape == (5, 1, 24, 24)
    assert VectorHead(FEATURES, outputs=7, grid=3)(x).shape == (5, 7)
    assert squared_error(x, x + 2.0).tolist() == [4.0] * 5


def test_features_are_standardised_by_their_own_channels(features: Tensor) -> None:
    raw = features[0] * torch.tensor([1.0, 10.0, 0.1, 0.0])[:, None, None] + 5.0
    scaled = Standardise(raw)(raw)
    torch.testing.assert_close(scaled.mean((0, 2, 3)), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(scaled[:, :3].std((0, 2, 3)), torch.ones(3), atol=1e-4, rtol=0)
    assert join([raw, raw]).shape == (40, 8, 6, 6)


def test_batches_show_every_example_once_an_epoch() -> None:
    numbers = torch.arange(12)
    batches = Batches([numbers], schedule=TrainingPlan(steps=7, batch=5, learning_rate=1.0), seed=0)
    shown = torch.cat([batch[0] for batch in batches])
    assert len(shown) == 35
    assert sorted(shown[:12].tolist()) == sorted(shown[12:24].tolist()) == numbers.tolist()
    assert shown[:12].tolist() != shown[12:24].tolist()
