"""The Lightning module that trains every episode and every member of one model at once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple, Self

import pytorch_lightning as pl
import torch
from pytorch_lightning.trainer.states import TrainerFn
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import Episode, TaskGraph
from lit_models.base import RecoveryModel, build_model, masked_squared_error
from lit_models.loading.config import LearningRateSchedule
from lit_models.training.checkpoint import class_path, origin_of
from lit_models.training.replicas import (
    Replicas,
    Weights,
    as_parameters,
    from_parameters,
    initial_weights,
    replica_keys,
)

ModelFactory = Callable[[int, int], RecoveryModel]


class Prediction(NamedTuple):
    """Predictions of a trained model for a batch of B episodes.

    Attributes:
        position: [B] int64, where the episodes stand in the datamodule.
        scores: [B, K, N, N] float, one matrix per ensemble member, in standardised units.
    """

    position: Tensor
    scores: Tensor


class CurvePoint(NamedTuple):
    """Losses at one validation check.

    Attributes:
        epoch: epochs trained before it.
        position: [B] int64, where the episodes stand in the datamodule.
        train_loss: [B, K] float, the model's own loss, noise on.
        validation_loss: [B, K] float, mean squared error on the validation entries, noise off; NaN without
            validation entries.
    """

    epoch: int
    position: Tensor
    train_loss: Tensor
    validation_loss: Tensor


class LitRecovery(pl.LightningModule):
    """Trains one independent set of weights per (episode, member), stacked, in one batched step.

    Nothing is shared between replicas: their losses are added, AdamW works element by element, and each
    replica keeps the state that did best on its own validation entries. So an episode's result is the same
    alone, in a batch, and sharded over processes. A replica without improvement in ``patience`` checks is
    frozen; training stops when all are. An episode without validation entries keeps its last state.

    A checkpoint holds last and best states, the curve, and all arguments as plain values: a run that is
    resumed from it ends as it would have without the break, and ``load_from_checkpoint`` needs nothing else.
    Three exceptions: a ``build`` that cannot be imported by a name, such as a lambda, has to be passed to
    ``load_from_checkpoint`` again; a checkpoint between a training step and its validation check
    (``every_n_train_steps``) resumes without that check; and of several processes' curves it holds the first.

    Logs ``train_loss`` and ``validation_loss``, means over replicas, at every validation check; the latter
    only where there are validation entries. ``Trainer.validate`` gives the loss of the states that predict.

    Prefer :meth:`for_data`, which takes the sizes and the split numbers from the data.

    Args:
        build: makes a model from (num_tasks, num_features) of the fit graph.
        num_tasks: number of tasks in the fit graph.
        num_features: width of the task embeddings.
        numbers: split number of each episode of the datamodule, in its order.
        members: independently initialised copies of each episode.
        first_member: number of the first of them, where others are trained elsewhere.
        seed: seeds initial weights and noise.
        num_pair_features: number of pair features.
        learning_rate: of AdamW (Loshchilov & Hutter, ICLR 2019).
        weight_decay: of AdamW.
        patience: validation checks without improvement after which a replica is frozen.
        schedule: learning rate over the run: ``constant``, or a half ``cosine`` down to 0 at the trainer's
            last epoch (Loshchilov & Hutter, ICLR 2017, without restarts).

    Attributes:
        build_model: makes one copy of the model.
        curve: losses at every validation check so far.
        origin: the data it was fitted to, see :func:`lit_models.training.checkpoint.origin_of`.
    """

    def __init__(
        self,
        *,
        build: ModelFactory,
        num_tasks: int,
        num_features: int,
        numbers: Sequence[int],
        members: int = 8,
        first_member: int = 0,
        seed: int = 0,
        num_pair_features: int = 0,
        learning_rate: float = 0.02,
        weight_decay: float = 0.1,
        patience: int = 20,
        schedule: LearningRateSchedule = "constant",
    ) -> None:
        super().__init__()
        self.save_hyperparameters(ignore="build")
        named = class_path(build)
        # In place of the callable, what LightningCLI would have saved: its function builds the module again.
        words = {"build": named, "_instantiator": "pytorch_lightning.cli.instantiate_module"} if named else {}
        self.save_hyperparameters({"numbers": list(numbers), **words})
        self.build_model = partial(build_model, build, num_tasks, num_features, num_pair_features)
        self.members = members
        self.first_member = first_member
        self.seed = seed
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.patience = patience
        self.schedule: LearningRateSchedule = schedule
        self.numbers = tuple(numbers)
        self.curve: list[CurvePoint] = []
        self.origin: dict[str, Any] = {}

        model = self.build_model()
        keys = self._keys(torch.tensor(self.numbers), step=0)
        weights = initial_weights(self.build_model, keys=keys)
        trainable = [name for name, value in model.named_parameters() if value.requires_grad]
        self.weights = as_parameters(weights, trainable=trainable)
        self.best_weights = as_parameters(weights, trainable=[])
        self.best_loss = nn.Parameter(torch.full(keys.shape, torch.inf), requires_grad=False)
        self.checks_since_best = nn.Parameter(torch.zeros(keys.shape), requires_grad=False)
        # In a tuple, because the template must not show up among this module's own parameters.
        self._replicas = (Replicas(model),)
        self._train_loss = torch.empty(0)
        self._own_positions = torch.empty(0, dtype=torch.int64)

    @classmethod
    def for_data(
        cls,
        build: ModelFactory,
        data: AffinityDataModule,
        *,
        members: int = 8,
        first_member: int = 0,
        seed: int = 0,
        learning_rate: float = 0.02,
        weight_decay: float = 0.1,
        patience: int = 20,
        schedule: LearningRateSchedule = "constant",
    ) -> Self:
        """Make a module of the size and split numbers of its data.

        Args:
            build: makes a model from (num_tasks, num_features) of the fit graph.
            data: what the module will be trained on.
            members: independently initialised copies of each episode.
            first_member: number of the first of them, where others are trained elsewhere.
            seed: seeds initial weights and noise.
            learning_rate: of AdamW.
            weight_decay: of AdamW.
            patience: validation checks without improvement after which a replica is frozen.
            schedule: learning rate over the run.

        Returns:
            The module.
        """
        return cls(
            build=build,
            num_tasks=data.num_tasks,
            num_features=data.num_features,
            num_pair_features=data.num_pair_features,
            numbers=[split.number for split in data.splits],
            members=members,
            first_member=first_member,
            seed=seed,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            patience=patience,
            schedule=schedule,
        )

    @property
    def is_trainable(self) -> bool:
        """Whether the model has anything to fit."""
        return any(weight.requires_grad for weight in self.weights.values())

    @property
    def is_batched(self) -> bool | None:
        """Whether vmap accepts the model; None before its first run."""
        return self._replicas[0].batched

    @property
    def is_batch_dependent(self) -> bool:
        """Whether the model drew from a shared generator so far, so that its result depends on the batch."""
        return self._replicas[0].batch_dependent

    @property
    def _is_fitting(self) -> bool:
        """Not in ``Trainer.validate``, nor in the sanity check before training."""
        return self.trainer.state.fn == TrainerFn.FITTING and not self.trainer.sanity_checking

    def kept_weights(self) -> Weights:
        """States that predict: the best of each replica, or its last where there was nothing to select on.

        Returns:
            By name, each [E, K, ...] for E episodes and K members.
        """
        selected = torch.isfinite(self.best_loss)
        last, best = from_parameters(self.weights), from_parameters(self.best_weights)
        return {name: torch.where(_as_mask(selected, last[name]), best[name], last[name]) for name in last}

    def setup(self, stage: str) -> None:
        """Take the trainer's precision, and note which data the module is fitted to.

        Raises:
            UserError: if the data's splits are not those that the module was made for.
        """
        data = getattr(self.trainer, "datamodule", None)
        if isinstance(data, AffinityDataModule):
            self._check_splits([split.number for split in data.splits])
        # Lightning does so only after it has read a checkpoint's weights, and would round those of 64 bits.
        self.trainer.precision_plugin.convert_module(self)
        if stage == "fit":
            self.origin = origin_of(data)

    def _check_splits(self, there: list[int]) -> None:
        """Weights and noise belong to split numbers: those of other splits would be used without a word."""
        if list(self.numbers) != there:
            raise UserError(
                f"LitRecovery was made for the splits {list(self.numbers)}, and the datamodule has {there}: "
                "make it with LitRecovery.for_data(build, data)"
            )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save the curve and the origin, which are not parameters, as plain values."""
        checkpoint["curve"] = [point._asdict() for point in self.curve]
        checkpoint["origin"] = self.origin

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restore them; the curve belongs to the episodes of the first process."""
        self.curve = [CurvePoint(**point) for point in checkpoint["curve"]] if self.global_rank == 0 else []
        self.origin = checkpoint["origin"]

    def _keys(self, numbers: Tensor, *, step: int) -> Tensor:
        return replica_keys(
            seed=self.seed, numbers=numbers, members=self.members, first_member=self.first_member, step=step
        )

    def _select(self, weights: Weights, episode: Episode) -> tuple[Weights, TaskGraph]:
        """A batch's own weights, and its graphs with the keys of its replicas."""
        numbers = torch.tensor(self.numbers, device=episode.position.device)[episode.position]
        keys = self._keys(numbers, step=self.global_step + 1)
        everything = torch.arange(len(self.numbers), device=numbers.device)
        # All episodes in order, the usual case, need no copy of their weights.
        if not torch.equal(episode.position, everything):
            weights = {name: value[episode.position] for name, value in weights.items()}
        return weights, episode.graph._replace(key=keys)

    def losses(self, episode: Episode) -> Tensor:
        """Training loss of every replica at the current step, noise on: [B, K] float."""
        return self._replicas[0].objective(*self._select(from_parameters(self.weights), episode))

    def training_step(self, episode: Episode, _: int) -> Tensor:
        """Sum of the replicas' losses; DDP's mean over processes is undone by their number."""
        loss = self.losses(episode)
        self._train_loss = loss.detach()
        self._own_positions = episode.position
        return loss.sum() * self.trainer.world_size

    def validation_step(self, episode: Episode, _: int) -> None:
        """Keep the state of every replica that never did better on its validation entries."""
        if not self._is_fitting:
            if episode.validation.mask.any():
                self._log("validation_loss", self._validation_loss(self.kept_weights(), episode))
            return
        self._log("train_loss", self._train_loss)
        if not episode.validation.mask.any():
            nothing = torch.full_like(self._train_loss, torch.nan)
            self.curve.append(CurvePoint(self.current_epoch + 1, episode.position, self._train_loss, nothing))
            return
        current = from_parameters(self.weights)
        if self._replicas[0].calibrates:
            fitted = self._replicas[0].calibrate(*self._select(current, episode), episode.validation)
            for name, value in fitted.items():
                current[name][episode.position] = value.to(current[name])
        loss = self._validation_loss(current, episode)
        position = episode.position
        has_entries = episode.validation.mask.any(-1).any(-1)[:, None]
        active = (self.checks_since_best[position] < self.patience) & has_entries
        better = active & (loss < self.best_loss[position])
        self.best_loss[position] = torch.where(better, loss, self.best_loss[position])
        self.checks_since_best[position] = torch.where(
            better, 0.0, self.checks_since_best[position] + active.to(loss)
        )
        improved = torch.zeros_like(self.best_loss, dtype=torch.bool)
        improved[position] = better
        best = from_parameters(self.best_weights)
        for name, now in current.items():
            best[name].copy_(torch.where(_as_mask(improved, now), now, best[name]))
        self.curve.append(CurvePoint(self.current_epoch + 1, position, self._train_loss, loss))
        self._log("validation_loss", loss)

    def _validation_loss(self, weights: Weights, episode: Episode) -> Tensor:
        """[B, K] float, noise off."""
        scores = self._replicas[0].scores(*self._select(weights, episode))
        mask, value = (field.unsqueeze(1) for field in episode.validation)
        return masked_squared_error(scores, value, mask)

    def _log(self, name: str, loss: Tensor) -> None:
        self.log(name, loss.mean(), batch_size=len(loss), sync_dist=True)

    def on_validation_epoch_end(self) -> None:
        """Share the best states between processes, and stop once every replica of all is frozen."""
        if not self._is_fitting:
            return
        if self.trainer.world_size > 1:
            self._share_best_states()
        frozen = bool((self.checks_since_best[self._own_positions] >= self.patience).all())
        if self.trainer.strategy.reduce_boolean_decision(frozen, all=True):
            self.trainer.should_stop = True

    def _share_best_states(self) -> None:
        """Give every process the best states of all: each has kept those of its own episodes."""
        own = torch.zeros(len(self.numbers), dtype=torch.bool, device=self.device)
        own[self._own_positions.to(self.device)] = True
        for kept in (self.best_loss, self.checks_since_best, *self.best_weights.values()):
            mine = torch.where(_as_mask(own, kept), kept, 0.0)
            kept.copy_(self.trainer.strategy.reduce(mine, reduce_op="sum"))

    def predict_step(self, episode: Episode, _: int) -> Prediction:
        """Score with the best states, or with the last ones where there are no validation entries."""
        scores = self._replicas[0].scores(*self._select(self.kept_weights(), episode))
        return Prediction(episode.position, scores)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """One AdamW over all replicas; without gradient clipping, which would couple them."""
        trainable = [weight for weight in self.weights.values() if weight.requires_grad]
        if not trainable:
            raise UserError("this model has no parameters to fit: predict with it as it is")
        optimizer = torch.optim.AdamW(
            trainable, lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        if self.schedule == "constant":
            return optimizer
        steps = int(self.trainer.estimated_stepping_batches)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "interval": "step"}}


def _as_mask(replicas: Tensor, weight: Tensor) -> Tensor:
    """Flags [B] or [B, K] of replicas, shaped to choose among stacked weights [B, K, ...]."""
    return replicas.reshape(replicas.shape + (1,) * (weight.ndim - replicas.ndim))
