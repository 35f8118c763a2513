"""The Lightning module that trains a set model on every split at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.func import functional_call, vmap

from datamodules.graph import TaskGraph
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.set_graph import SetEpisode, SetGraph
from lit_models.base import build_model
from lit_models.noise import uniform
from lit_models.sets.base import SetModel
from lit_models.training.lit_recovery import ModelFactory
from lit_models.training.replicas import (
    Weights,
    as_parameters,
    from_parameters,
    initial_weights,
    replica_keys,
)

ROWS_PER_STEP = 256  # sets that a training step draws
HIDDEN_SHARE = 1 / 3  # of them, hidden from a model that reads values
_DRAW_CALL = 200  # number of the draw of sets, above those of models


class _Methods(nn.Module):
    """Any method of a model as a call, which is what :func:`functional_call` makes stateless."""

    def __init__(self, model: SetModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, method: str, *arguments: object) -> Tensor:
        result: Tensor = getattr(self.model, method)(*arguments)
        return result


class LitSets(pl.LightningModule):
    """Trains one independent set of weights per (split, member), stacked, in one batched step.

    A step draws observed sets of each split, at most 256, and predicts them, or a third of them from the
    others if the model reads values. Nothing is selected on: training has a fixed number of steps.

    Args:
        build: makes a model from (num_tasks, num_features).
        data: what it will be trained on.
        members: independently initialised copies per split.
        seed: seeds initial weights, draws and noise.
        learning_rate: of AdamW; it falls to 0 along a half cosine.
        weight_decay: of AdamW.
    """

    def __init__(
        self,
        *,
        build: ModelFactory,
        data: SetDataModule,
        members: int,
        seed: int,
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        super().__init__()
        self.numbers = [split.number for split in data.splits]
        self.members = members
        self.seed = seed
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        make = partial(
            build_model,
            build,
            data.singles.num_tasks,
            data.singles.num_features,
            data.singles.num_pair_features,
        )
        model = make()
        if not isinstance(model, SetModel):
            raise TypeError(f"{type(model).__name__} is no SetModel")
        trainable = [name for name, value in model.named_parameters() if value.requires_grad]
        self.weights = as_parameters(initial_weights(make, keys=self._keys(0)), trainable=trainable)
        # In a tuple, because the template must not show up among this module's own parameters.
        self._methods = (_Methods(model),)

    @property
    def model(self) -> SetModel:
        """A copy of the model, for what its class says of it; its weights are not used."""
        return self._methods[0].model

    @property
    def is_trainable(self) -> bool:
        """Whether the model has anything to fit."""
        return any(weight.requires_grad for weight in self.weights.values())

    def training_step(self, episode: SetEpisode, _: int) -> Tensor:
        """Sum of the replicas' losses."""
        keys = self._keys(self.global_step + 1)
        drawn, value, asked = draw(episode.sets, keys[:, 0], hide=self.model.reads_values)
        weights = from_parameters(self.weights)
        return self._losses(weights, keys, episode.graph, drawn, value, asked).sum()

    def _losses(self, weights: Weights, keys: Tensor, *step: Any) -> Tensor:
        """[B, K] float, noise on; in one batched call if the model can be batched."""
        methods = self._methods[0].train()

        def one(weights: Weights, key: Tensor, graph: TaskGraph, *rest: Any) -> Tensor:
            state = {f"model.{name}": value for name, value in weights.items()}
            loss: Tensor = functional_call(methods, state, ("objective_sets", graph._replace(key=key), *rest))
            return loss

        if self.model.batchable:
            losses: Tensor = vmap(vmap(one, in_dims=(0, 0, *(None for _ in step))))(weights, keys, *step)
            return losses
        return torch.stack(
            [
                one(
                    {name: value[split, member] for name, value in weights.items()},
                    keys[split, member],
                    *(_at(split, part) for part in step),
                )
                for split in range(len(self.numbers))
                for member in range(self.members)
            ]
        )

    def predict_step(self, episode: SetEpisode, _: int) -> Tensor:
        """Mean score of the members, noise off: [B, M] float, NaN for sets that are not asked for."""
        methods = self._methods[0].eval()
        weights, keys = from_parameters(self.weights), self._keys(0)
        scores = torch.full(episode.sets.target.shape, torch.nan)
        for split in range(len(self.numbers)):
            graph, sets = _at(split, episode.graph), _at(split, episode.sets)
            needed = sets.query | sets.observed if self.model.reads_values else sets.query
            shown = SetGraph(*(field[needed] for field in sets))
            own = []
            for member in range(self.members):
                state = {f"model.{name}": value[split, member] for name, value in weights.items()}
                arguments = ("forward_sets", graph._replace(key=keys[split, member]), shown)
                own.append(functional_call(methods, state, arguments))
            mean = scores.new_full(needed.shape, torch.nan)
            mean[needed] = torch.stack(own).mean(0).to(mean)
            scores[split] = torch.where(sets.query, mean, torch.nan)
        return scores

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """One AdamW over all replicas, which works element by element."""
        trainable = [weight for weight in self.weights.values() if weight.requires_grad]
        optimizer = torch.optim.AdamW(
            trainable, lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}

    def _keys(self, step: int) -> Tensor:
        """[B, K] int64."""
        numbers: Sequence[int] = self.numbers
        return replica_keys(seed=self.seed, numbers=torch.tensor(numbers), members=self.members, step=step)


def _at(split: int, part: Any) -> Any:
    """One split of a batched tensor, or of a named tuple of tensors."""
    return part[split] if isinstance(part, Tensor) else type(part)(*(field[split] for field in part))


def draw(sets: SetGraph, keys: Tensor, *, hide: bool) -> tuple[SetGraph, Tensor, Tensor]:
    """Draw observed sets of each episode for a training step.

    Args:
        sets: a batch of B episodes.
        keys: [B] int64, noise keys.
        hide: hide a third of the drawn sets and ask for these; otherwise ask for all.

    Returns:
        The drawn sets, R of each episode, hidden ones as not observed; their values and which of them are
        asked for, [B, R] each. An episode with fewer than R observed sets is filled up with sets that are
        neither observed nor asked for.
    """
    most = min(ROWS_PER_STEP, int(sets.observed.sum(-1).max()))
    place = torch.stack([uniform(key, sets.target.shape[1:], call=_DRAW_CALL) for key in keys])
    rows = torch.where(sets.observed, place, -1.0).topk(most, dim=-1).indices
    members = sets.members.gather(1, rows[..., None].expand(-1, -1, sets.members.shape[-1]))
    target, value, known = (field.gather(1, rows) for field in (sets.target, sets.value, sets.observed))
    asked = known & (torch.arange(most) < HIDDEN_SHARE * most) if hide else known
    shown = known & ~asked if hide else known
    drawn = SetGraph(members, target, value * shown, shown, torch.zeros_like(known))
    return drawn, value, asked
