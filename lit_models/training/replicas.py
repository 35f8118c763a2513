"""One model, many copies: a replica is one (episode, member) with weights of its own."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.utils.data import default_collate

from datamodules.graph import Targets, TaskGraph
from lit_models.base import RecoveryModel
from lit_models.noise import fold_in
from lit_models.training.shared_generators import generator_states, have_moved

Weights = dict[str, Tensor]
_GRAPH_DIMS = TaskGraph(None, None, None, None, None, None, None, 0)  # type: ignore[arg-type]  # vmap's in_dims


def replica_keys(*, seed: int, numbers: Tensor, members: int, step: int, first_member: int = 0) -> Tensor:
    """Noise keys of replicas, each a hash of (seed, split number, member, step).

    Args:
        seed: the run's seed.
        numbers: [E] int64 split numbers, so that a split keeps its key in any batch.
        members: copies of each episode.
        step: training step; 0 is reserved for initial weights.
        first_member: number of the first copy.

    Returns:
        [E, members] int64.
    """
    episode = fold_in(fold_in(torch.tensor(seed, device=numbers.device), 0), numbers)
    member = torch.arange(first_member, first_member + members, device=numbers.device)
    return fold_in(fold_in(episode[:, None], member), step)


def initial_weights(build: Callable[[], nn.Module], *, keys: Tensor) -> Weights:
    """Initialise one copy of a model per key, whatever else is built beside it.

    Args:
        build: makes the model.
        keys: [E, K] int64; each seeds torch's generator for one copy. The global generator is left alone.

    Returns:
        Parameters and buffers by name, each stacked to [E, K, ...].
    """
    copies: list[Weights] = []
    with torch.random.fork_rng(devices=[]):
        for key in keys.flatten().tolist():
            # Not torch.manual_seed, which would reseed every accelerator's generator as well.
            torch.default_generator.manual_seed(key)
            copies.append({name: value.detach() for name, value in _state(build()).items()})
    return {name: _grid([copy[name] for copy in copies], keys) for name in copies[0]}


def _grid(values: Sequence[Tensor], keys: Tensor) -> Tensor:
    """Stack one value per replica to [B, K, ...]."""
    return torch.stack(list(values)).reshape(*keys.shape, *values[0].shape)


def _state(model: nn.Module) -> Weights:
    return {**dict(model.named_parameters()), **dict(model.named_buffers())}


class _Methods(nn.Module):
    """Any method of a model as a call, which is what :func:`functional_call` makes stateless."""

    def __init__(self, model: RecoveryModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, method: str, *arguments: Any) -> Any:
        return getattr(self.model, method)(*arguments)


class Replicas:
    """Runs all replicas of a model in one batched call, or one by one if the model cannot be batched.

    Args:
        model: gives the computation; its own weights are never used.

    Attributes:
        batched: whether vmap accepts the model; None before its first run.
        batch_dependent: whether the model drew from a generator that other replicas share.
    """

    def __init__(self, model: RecoveryModel) -> None:
        self._methods = _Methods(model)
        self.batched: bool | None = None if model.batchable else False
        self.batch_dependent = False
        self.calibrates = type(model).calibrate is not RecoveryModel.calibrate

    def scores(self, weights: Weights, graph: TaskGraph) -> Tensor:
        """Score every replica, noise off.

        Args:
            weights: state of the model by name, each [B, K, ...]; the same below.
            graph: batch of B graphs whose ``key`` is [B, K]; the same below.

        Returns:
            [B, K, N, N] float.
        """
        self._methods.eval()
        scores: Tensor = self._call("forward", weights, graph)
        return scores

    def objective(self, weights: Weights, graph: TaskGraph) -> Tensor:
        """Training loss of every replica, noise on: [B, K] float."""
        self._methods.train()
        loss: Tensor = self._call("objective", weights, graph)
        return loss

    def calibrate(self, weights: Weights, graph: TaskGraph, validation: Targets) -> Weights:
        """Buffers that every replica fits to its held-back entries, by name, each [B, K, ...]."""
        self._methods.eval()
        values: Weights = self._call("calibrate", weights, graph, validation)
        return values

    def _call(self, method: str, weights: Weights, graph: TaskGraph, *more: Any) -> Any:
        before = generator_states()
        run = self._first if self.batched is None else self._vmap if self.batched else self._loop
        outcome = run(method, weights, graph, *more)
        self.batch_dependent |= have_moved(before, generator_states())
        return outcome

    def _one(self, method: str, weights: Weights, graph: TaskGraph, *more: Any) -> Any:
        state = {f"model.{name}": value for name, value in weights.items()}
        return functional_call(self._methods, state, (method, graph, *more))

    def _vmap(self, method: str, weights: Weights, graph: TaskGraph, *more: Any) -> Any:
        over_members = vmap(partial(self._one, method), in_dims=(0, _GRAPH_DIMS, *(None for _ in more)))
        return vmap(over_members)(weights, graph, *more)

    def _loop(self, method: str, weights: Weights, graph: TaskGraph, *more: Any) -> Any:
        episodes, members = graph.key.shape

        def one(episode: int, member: int) -> Any:
            return self._one(method, *_replica(episode, member, weights, graph, *more))

        return default_collate(
            [
                default_collate([one(episode, member) for member in range(members)])
                for episode in range(episodes)
            ]
        )

    def _first(self, method: str, weights: Weights, graph: TaskGraph, *more: Any) -> Any:
        """Try a batched call; a model that fails alone as well raises its own error instead."""
        try:
            outcome = self._vmap(method, weights, graph, *more)
            self.batched = True
        except Exception as refusal:
            outcome = self._loop(method, weights, graph, *more)
            self.batched = False
            warnings.warn(
                f"{type(self._methods.model).__name__} cannot be batched by torch.func.vmap and runs one "
                f"replica at a time, with the same result: {_first_line(refusal)}",
                stacklevel=2,
            )
        return outcome


def _replica(episode: int, member: int, weights: Weights, graph: TaskGraph, *more: Any) -> tuple[Any, ...]:
    own = TaskGraph(*(field[episode] for field in graph))
    own = own._replace(key=graph.key[episode, member])
    rest = (type(fields)(*(field[episode] for field in fields)) for fields in more)
    return {name: value[episode, member] for name, value in weights.items()}, own, *rest


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0]


def as_parameters(weights: Weights, *, trainable: Sequence[str]) -> nn.ParameterDict:
    """Hold stacked weights in a module; a constant is a parameter without gradient.

    Not a buffer, because DDP overwrites every rank's buffers with those of rank zero.

    Args:
        weights: stacked state by name.
        trainable: names that receive gradients.

    Returns:
        The parameters, with "|" for "." in their names, which a module does not allow.
    """
    return nn.ParameterDict(
        {
            name.replace(".", "|"): nn.Parameter(value.clone(), requires_grad=name in trainable)
            for name, value in weights.items()
        }
    )


def from_parameters(parameters: nn.ParameterDict) -> Weights:
    """The inverse of :func:`as_parameters`.

    Args:
        parameters: what it returned.

    Returns:
        Stacked state by name.
    """
    return {name.replace("|", "."): value for name, value in parameters.items()}
