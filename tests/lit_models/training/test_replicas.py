"""Replicas: keys and initial weights of their own, in one batched call or one by one."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.loading.config import ModelConfig
from lit_models.noise import dropout
from lit_models.training.lit_recovery import LitRecovery, ModelFactory
from lit_models.training.replicas import (
    Replicas,
    as_parameters,
    from_parameters,
    initial_weights,
    replica_keys,
)

Fit = Callable[..., tuple[LitRecovery, Tensor]]


class Plain(RecoveryModel):
    """A bilinear model with dropout that vmap accepts."""

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()
        self.source = nn.Linear(num_tasks, 4)
        self.target = nn.Linear(num_tasks, 4)

    def forward(self, graph: TaskGraph) -> Tensor:
        profile = dropout(graph.affinity, graph.key, call=0, rate=0.3, training=self.training)
        return self.source(profile) @ self.target(profile.mT).mT


class ReadsANumber(Plain):
    """The same, but it takes a number out of a tensor, which vmap refuses."""

    def forward(self, graph: TaskGraph) -> Tensor:
        return super().forward(graph) * float(graph.observed.sum().item() > 0)


class Branches(Plain):
    """The same, but what it runs depends on data, which vmap refuses."""

    def forward(self, graph: TaskGraph) -> Tensor:
        return super().forward(graph) if graph.observed.any() else graph.affinity


class Broken(Plain):
    """Fails by itself, batched or not."""

    def forward(self, graph: TaskGraph) -> Tensor:  # noqa: ARG002  # the contract's signature
        raise KeyError("a mistake of the model's own")


def keys(seed: int = 0, numbers: tuple[int, ...] = (0, 5), members: int = 3, step: int = 1) -> Tensor:
    return replica_keys(seed=seed, numbers=torch.tensor(numbers), members=members, step=step)


def test_keys_follow_a_split_into_any_batch() -> None:
    together = keys(numbers=(7, 0, 5), members=3)
    assert torch.equal(together[2:], keys(numbers=(5,), members=3))
    assert torch.equal(together[:, :2], keys(numbers=(7, 0, 5), members=2))


def test_every_seed_split_member_and_step_has_a_key_of_its_own() -> None:
    every = [
        keys(seed=seed, numbers=tuple(range(21)), members=8, step=step)
        for seed in range(4)
        for step in range(40)
    ]
    assert len(torch.stack(every).unique()) == 4 * 40 * 21 * 8


def test_initial_weights_leave_the_global_generator_alone() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    initial_weights(lambda: Plain(4, 0), keys=keys())
    assert torch.equal(torch.get_rng_state(), before)


def test_initial_weights_depend_on_the_key_alone() -> None:
    first = initial_weights(lambda: Plain(4, 0), keys=keys(numbers=(0, 5)))
    torch.manual_seed(11)
    second = initial_weights(lambda: Plain(4, 0), keys=keys(numbers=(9, 5), members=2))
    for name, weight in first.items():
        assert torch.equal(weight[1, :2], second[name][1])
        assert len(weight.flatten(0, 1).unique(dim=0)) == 6


def test_initial_weights_are_those_of_a_model_seeded_by_hand() -> None:
    stacked = initial_weights(lambda: Plain(4, 0), keys=keys())
    torch.manual_seed(keys()[1, 2].item())
    for name, weight in Plain(4, 0).state_dict().items():
        assert torch.equal(stacked[name][1, 2], weight)


def test_weights_survive_being_held_as_parameters() -> None:
    weights = initial_weights(lambda: nn.BatchNorm1d(3, affine=True), keys=keys())
    held = as_parameters(weights, trainable=["weight"])
    assert {name: value.requires_grad for name, value in held.items()} == {
        name: name == "weight" for name in weights
    }
    nested = initial_weights(lambda: Plain(4, 0), keys=keys())
    back = from_parameters(as_parameters(nested, trainable=[]))
    assert back.keys() == nested.keys() == dict(Plain(4, 0).named_parameters()).keys()
    assert all(torch.equal(back[name], value) for name, value in nested.items())


@pytest.mark.parametrize("kind", [Plain, ReadsANumber])
@pytest.mark.filterwarnings("ignore:ReadsANumber cannot be batched")  # the other path on purpose
def test_a_replica_is_its_model_with_its_own_weights(
    random_graph: Callable[..., TaskGraph], kind: type[Plain]
) -> None:
    graphs = [random_graph(4, seed=seed) for seed in (0, 1)]
    batch = TaskGraph(*(torch.stack(fields) for fields in zip(*graphs, strict=True)))
    weights = initial_weights(lambda: kind(4, 0), keys=keys(step=0))
    batch = batch._replace(key=keys())
    replicas = Replicas(kind(4, 0))
    scores, losses = replicas.scores(weights, batch), replicas.objective(weights, batch)
    assert (scores.shape, losses.shape) == ((2, 3, 4, 4), (2, 3))
    model = kind(4, 0)
    for episode, graph in enumerate(graphs):
        for member in range(3):
            model.load_state_dict({name: value[episode, member] for name, value in weights.items()})
            own = graph._replace(key=keys()[episode, member])
            torch.testing.assert_close(scores[episode, member], model.eval()(own))
            torch.testing.assert_close(losses[episode, member], model.train().objective(own))


@pytest.mark.parametrize("kind", [ReadsANumber, Branches])
def test_a_model_that_vmap_refuses_runs_one_by_one_with_the_same_result(
    fit: Fit, data_of: Callable[[Z, Setting], AffinityDataModule], kind: type[Plain]
) -> None:
    data = data_of("none", "transductive")
    together, expected = fit(Plain, data, double=True)
    assert together.is_batched is True
    with pytest.warns(UserWarning, match=f"{kind.__name__} cannot be batched .* one replica at a time"):
        one_by_one, scores = fit(kind, data, double=True)
    assert one_by_one.is_batched is False
    torch.testing.assert_close(scores, expected, atol=1e-9, rtol=0)


def test_a_model_that_fails_alone_raises_its_own_error(
    fit: Fit, data_of: Callable[[Z, Setting], AffinityDataModule]
) -> None:
    with pytest.raises(KeyError, match="a mistake of the model's own"):
        fit(Broken, data_of("none", "transductive"))


def test_an_episodes_result_is_the_same_alone_and_in_a_batch(
    fit: Fit,
    build: ModelFactory,
    config: ModelConfig,
    setting: Setting,
    data: AffinityDataModule,
) -> None:
    """In float64 and with dropout on: what differs is the order of sums."""
    short = partial(fit, build, double=True, seed=1, epochs=6, check_every=3)
    module, together = short(data)
    single = AffinityDataModule(
        table=data.table,
        setting=setting,
        numbers=[data.splits[1].number],
        z=config.z,
        scale=config.scale,
        pairs=config.pairs,
    )
    alone = short(single)[1]
    torch.testing.assert_close(alone[0], together[1], atol=1e-9, rtol=0)
    assert module.is_batched is build(data.num_tasks, data.num_features).batchable
    if module.is_trainable:
        assert not torch.equal(together[:, 0], together[:, 1])
