"""LitRecovery: which state is kept, when training stops, and what a seed decides."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.embeddings import Z
from datamodules.graph import Episode, Targets, TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery

Fit = Callable[..., tuple[LitRecovery, Tensor]]
DataOf = Callable[[Z, Setting], AffinityDataModule]

# What Clock scores after 5, 10, 15, ... training steps.
AT_CHECKS = (1.0, 2.0, 3.0, 0.5, 4.0, 5.0, 6.0)


class Clock(RecoveryModel):
    """Counts its training steps and scores every transfer ``AT_CHECKS[steps / 5 − 1]``."""

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()
        self.steps = nn.Parameter(torch.zeros(()))
        self.register_buffer("at_checks", torch.tensor(AT_CHECKS))

    def forward(self, graph: TaskGraph) -> Tensor:
        check = (self.steps / 5).round().long().clamp(1, len(AT_CHECKS)) - 1
        return self.at_checks[check] + torch.zeros_like(graph.affinity)

    def loss(self, graph: TaskGraph, scores: Tensor) -> Tensor:  # noqa: ARG002  # steady gradient instead
        """AdamW's step on a constant gradient is its learning rate: 1, downhill."""
        return -self.steps


class Crafted(AffinityDataModule):
    """Every validation entry of an episode is the same number; None for no validation entries."""

    wanted: tuple[float | None, ...]

    def episode(self, position: int, *, stage: Stage) -> Episode:
        episode = super().episode(position, stage=stage)
        value, mask = self.wanted[position], episode.validation.mask
        mask = mask if value is not None else mask & False
        return episode._replace(validation=Targets(mask, mask * (value or 0.0)))


@pytest.fixture
def run_clock(table: AffinityTable, fit: Fit) -> Callable[..., tuple[LitRecovery, Tensor]]:
    """Trains Clock on episodes with the given validation values; its scores, one an episode."""

    def run(*wanted: float | None, patience: int, epochs: int = 35) -> tuple[LitRecovery, Tensor]:
        data = Crafted(table=table, numbers=range(len(wanted)))
        data.wanted = wanted
        training = {"learning_rate": 1.0, "weight_decay": 0.0, "patience": patience}
        module, scores = fit(Clock, data, epochs=epochs, **training)
        first = scores[:, :1, :1, :1]
        assert torch.equal(scores, first.expand_as(scores))
        return module, first.flatten()

    return run


def test_the_best_state_of_each_episode_predicts(run_clock: Fit) -> None:
    module, scores = run_clock(0.0, 3.1, 5.9, patience=7)
    assert scores.tolist() == [0.5, 3.0, 6.0]
    losses = torch.stack([point.validation_loss for point in module.curve])
    torch.testing.assert_close(losses.min(0).values, module.best_loss)
    expected = (torch.tensor(AT_CHECKS)[:, None] - torch.tensor([0.0, 3.1, 5.9])) ** 2
    torch.testing.assert_close(losses, expected[..., None].expand_as(losses))
    assert [point.epoch for point in module.curve] == [5, 10, 15, 20, 25, 30, 35]


def test_a_replica_out_of_patience_keeps_its_state_although_better_ones_follow(run_clock: Fit) -> None:
    """The first episode would do better at its fourth check, but two checks without improvement passed."""
    module, scores = run_clock(0.0, 3.0, patience=2)
    assert scores.tolist() == [1.0, 3.0]
    assert module.checks_since_best[0].tolist() == [2, 2]


@pytest.mark.parametrize(("patience", "epochs"), [(1, 10), (2, 15), (3, 35)])
def test_training_stops_once_every_replica_is_frozen(run_clock: Fit, patience: int, epochs: int) -> None:
    """With three checks' patience the fourth improves, and nothing after it does: 20 + 15."""
    module, _ = run_clock(0.0, 0.0, patience=patience, epochs=60)
    assert [point.epoch for point in module.curve][-1] == epochs
    assert module.weights["steps"].flatten().tolist() == pytest.approx([epochs] * 4)


def test_training_goes_on_until_the_last_replica_is_frozen(run_clock: Fit) -> None:
    module, scores = run_clock(0.0, 4.0, patience=1, epochs=60)
    assert scores.tolist() == [1.0, 3.0]
    assert module.curve[-1].epoch == 20


def test_an_episode_without_validation_entries_keeps_its_last_state(run_clock: Fit) -> None:
    module, scores = run_clock(1.0, None, patience=1)
    assert scores.tolist() == [1.0, AT_CHECKS[-1]]
    assert module.curve[-1].epoch == 35


def test_training_on_validation_selects_nothing(table: AffinityTable, fit: Fit) -> None:
    data = AffinityDataModule(table=table, numbers=[0, 5], train_on_validation=True)
    module, scores = fit(Clock, data, epochs=30, learning_rate=1.0, weight_decay=0.0, patience=1)
    assert torch.equal(scores, torch.full_like(scores, AT_CHECKS[5]))
    assert torch.isinf(module.best_loss).all()


def test_training_without_any_check_keeps_the_last_state(table: AffinityTable, fit: Fit) -> None:
    data = AffinityDataModule(table=table, numbers=[0, 5])
    _, scores = fit(Clock, data, epochs=10, check_every=11, learning_rate=1.0, weight_decay=0.0)
    assert torch.equal(scores, torch.full_like(scores, AT_CHECKS[1]))


def test_a_buffer_is_not_trained(run_clock: Fit) -> None:
    module, _ = run_clock(0.0, patience=9)
    assert torch.equal(module.weights["at_checks"], torch.tensor(AT_CHECKS).expand(1, 2, -1))


@pytest.mark.parametrize("name", ["vgae-gcn", "gravity-profile", "source-target-dir"])
def test_a_seed_decides_every_bit(fit: Fit, data_of: DataOf, name: str) -> None:
    build, data = model_factory(load_model(name)), data_of("none", "transductive")
    first = fit(build, data, seed=3)[1]
    torch.manual_seed(99)
    assert torch.equal(fit(build, data, seed=3)[1], first)
    other = fit(build, data, seed=4)[1]
    replicas = torch.cat([first, other]).flatten(0, 1)
    assert len(replicas.unique(dim=0)) == 8


@pytest.mark.parametrize("name", ["vgae-gcn", "gravity-profile", "source-target-dir"])
def test_training_loss_falls_for_every_replica(fit: Fit, data_of: DataOf, name: str) -> None:
    data = data_of("none", "transductive")
    module = fit(model_factory(load_model(name)), data, epochs=40)[0]
    losses = torch.stack([point.train_loss for point in module.curve])
    assert (losses[-1] < 0.9 * losses[0]).all()


def test_noise_is_new_at_every_step_of_training_and_absent_from_validation(fit: Fit, data_of: DataOf) -> None:
    """The weights stand still, so that nothing but the noise is left to differ."""
    data = data_of("none", "transductive")
    module = fit(model_factory(load_model("gravity-profile")), data, learning_rate=0.0)[0]
    first, second = module.curve
    assert (first.train_loss != second.train_loss).all()
    assert torch.equal(first.validation_loss, second.validation_loss)


def test_best_loss_is_that_of_the_predictions(fit: Fit, data_of: DataOf) -> None:
    data = data_of("none", "transductive")
    module, scores = fit(model_factory(load_model("gravity-profile")), data, epochs=20)
    (episodes,) = data.val_dataloader()
    value, mask = episodes.validation.value[:, None], episodes.validation.mask[:, None]
    error = ((scores - value) ** 2 * mask).sum((-2, -1)) / mask.sum((-2, -1))
    torch.testing.assert_close(error, module.best_loss.data)


def test_members_are_the_first_of_more_members(fit: Fit, data_of: DataOf) -> None:
    build, data = model_factory(load_model("vgae-profile")), data_of("none", "transductive")
    two, three = (fit(build, data, members=members, double=True)[1] for members in (2, 3))
    torch.testing.assert_close(three[:, :2], two, atol=1e-9, rtol=0)


def test_a_model_without_parameters_is_not_trainable(fit: Fit, data_of: DataOf) -> None:
    module, scores = fit(model_factory(load_model("source-mean")), data_of("none", "transductive"))
    assert not module.is_trainable
    assert module.curve == []
    assert torch.equal(scores[:, 0], scores[:, 1])
