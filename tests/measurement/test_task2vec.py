"""Fisher information of models whose own is known, and what an embedding does not depend on."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from measurement.task import Examples, MeasuredTask, Part, cross_entropy, squared_error
from measurement.task2vec import diagonal_fisher, draw_labels, logarithms, per_filter, task2vec
from measurement.training import TrainingPlan

INPUTS = torch.tensor([[1.0, 2.0], [3.0, -1.0]])


@dataclass(frozen=True, kw_only=True)
class Bare(MeasuredTask):
    """A task that is its loss."""

    classes: bool
    factor: float = 1.0

    def data(self, part: Part, *, seed: int) -> Examples:
        raise NotImplementedError

    def head(self, features: tuple[int, ...]) -> nn.Module:
        return nn.Linear(features[0], 2)

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return self.factor * (cross_entropy if self.classes else squared_error)(output, labels)


def probe_of(weight: list[list[float]]) -> nn.Linear:
    probe = nn.Linear(2, len(weight), bias=False)
    probe.weight.data = torch.tensor(weight)
    return probe


def test_fisher_of_a_logistic_regression() -> None:
    """F_cj = mean over x of p (1 − p) x_j², for both classes, whatever the labels are."""
    probe = probe_of([[0.5, 0.1], [0.0, -0.2]])
    p = torch.sigmoid(INPUTS @ torch.tensor([0.5, 0.3]))
    exact = (p * (1 - p)) @ INPUTS.square() / 2
    torch.manual_seed(0)
    many = Examples(INPUTS.repeat(300, 1), torch.zeros(600, dtype=torch.int64))
    (found,) = diagonal_fisher(Bare(name="t", classes=True), probe, nn.Identity(), many)
    torch.testing.assert_close(found, exact.expand(2, 2), rtol=0.15, atol=0.0)


def test_fisher_of_a_linear_regression() -> None:
    """Squared error over 2 outputs, labels o + ε: gradient −ε_k x_j, so F_kj = mean over x of x_j²."""
    torch.manual_seed(0)
    many = Examples(INPUTS.repeat(300, 1), torch.full((600, 2), 99.0))
    probe = probe_of([[0.5, 0.1], [0.0, -0.2]])
    (found,) = diagonal_fisher(Bare(name="t", classes=False), probe, nn.Identity(), many)
    torch.testing.assert_close(found, torch.tensor([5.0, 2.5]).expand(2, 2), rtol=0.2, atol=0.0)


def test_labels_are_drawn_by_what_outputs_stand_for() -> None:
    torch.manual_seed(0)
    sure = torch.tensor([[[0.0], [99.0]], [[99.0], [0.0]]])  # a map of one pixel, two classes
    assert draw_labels(sure, like=torch.zeros(2, 1, dtype=torch.int64)).tolist() == [[1], [0]]
    drawn = draw_labels(torch.full((4000, 1), 5.0), like=torch.zeros(4000))
    assert drawn.shape == (4000,)
    assert (drawn.mean().item(), drawn.std().item()) == pytest.approx((5.0, 1.0), abs=0.05)
    own = torch.tensor([1, 0])
    assert draw_labels(torch.zeros(2), like=own) is own  # one logit: of another form


def test_filters_are_averaged_and_their_logarithms_have_mean_0() -> None:
    figures = [torch.tensor([[1.0, 3.0], [2.0, 6.0]]), torch.tensor([7.0, 7.0]), torch.zeros(1, 2, 2)]
    torch.testing.assert_close(per_filter(figures), torch.tensor([2.0, 4.0, 0.0]))
    torch.testing.assert_close(
        logarithms(torch.tensor([1.0, torch.e**2])), torch.tensor([-1.0, 1.0]), rtol=1e-5, atol=1e-6
    )
    assert logarithms(torch.tensor([1.0, 0.0])).isfinite().all()
    assert logarithms(torch.zeros(2)).tolist() == [0.0, 0.0]


def test_an_embedding_does_not_depend_on_the_scale_of_the_loss_but_on_the_task() -> None:
    torch.manual_seed(0)
    inputs = torch.randn(60, 2)
    probe = nn.Sequential(nn.Linear(2, 5), nn.Tanh()).eval()
    plan = TrainingPlan(steps=30, batch=16, learning_rate=0.1)

    def embedding(column: int, factor: float = 1.0) -> Tensor:
        task = Bare(name="t", classes=True, factor=factor)
        examples = Examples(inputs, (inputs[:, column] > 0).long())
        return task2vec(task, probe, examples, schedule=plan, seed=3)

    one = embedding(0)
    assert one.shape == (5,)
    assert torch.equal(one, embedding(0))
    scaled = logarithms(torch.tensor([1.0, 5.0]) * 1e4)
    torch.testing.assert_close(scaled, logarithms(torch.tensor([1.0, 5.0])))
    assert (embedding(1) - one).abs().max() > 0.5
