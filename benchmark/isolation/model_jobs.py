"""Jobs of recovery models: read their configurations, build one, or train one and predict."""

import time
from pathlib import Path
from typing import cast

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader

from benchmark.isolation.exchange import Message, unpack_episodes
from benchmark.running.description import build_and_describe
from benchmark.running.fit_model import fit_model
from benchmark.running.trainer import Hardware
from datamodules.base import AffinityDataModule
from datamodules.graph import Episode
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_models
from lit_models.training.lit_recovery import LitRecovery

_PROGRESS_SECONDS = 0.5


def read(question: Message, _: Path) -> Message:
    """Configurations of the models that ``word`` names."""
    configs = load_models(question.values["word"])
    return Message({"configs": [config.model_dump() for config in configs]}, {})


def build(question: Message, _: Path) -> Message:
    """The description of a model that is built for graphs of a ``size``."""
    config = _config(question)
    described = build_and_describe(config, **question.values["size"])
    return Message({"description": described.model_dump(mode="json")}, {})


def fit(question: Message, folder: Path) -> Message:
    """Scores of the episodes, curve and times of a model that is trained on them."""
    values = question.values
    data = EpisodeData(question)
    fitted = fit_model(
        _config(question),
        cast(AffinityDataModule, data),  # has what training asks of it
        members=values["members"],
        first_member=values["first_member"],
        seed=values["seed"],
        epochs=values["epochs"],
        hardware=Hardware(accelerator=values["accelerator"]),
        callbacks=[_ProgressFile(folder / "progress")],
    )
    started = time.perf_counter()
    scores = fitted.scores(data.predict_dataloader()).double()
    module = fitted.module
    return Message(
        {
            "is_batched": module.is_batched,
            "is_batch_dependent": module.is_batch_dependent,
            "fit_seconds": fitted.fit_seconds,
            "predict_seconds": time.perf_counter() - started,
        },
        {"scores": scores, **_curve(module)},
    )


def _curve(module: LitRecovery) -> dict[str, torch.Tensor]:
    """Epochs [C] int64 and losses [C, S, K] float64 of C checks."""
    if not module.curve:
        return {}
    return {
        "epoch": torch.tensor([point.epoch for point in module.curve]),
        "train_loss": torch.stack([point.train_loss for point in module.curve]).double(),
        "validation_loss": torch.stack([point.validation_loss for point in module.curve]).double(),
    }


def _config(question: Message) -> ModelConfig:
    load_models(question.values["word"])  # imports the class
    return ModelConfig.model_validate(question.values["config"])


class EpisodeData(pl.LightningDataModule):
    """Episodes without the matrix and splits that they come from.

    Args:
        question: holds the batches ``fit`` and ``predict`` of S episodes, and the numbers of their splits.
    """

    def __init__(self, question: Message) -> None:
        super().__init__()
        size = question.values["size"]
        self.num_tasks: int = size["num_tasks"]
        self.num_features: int = size["num_features"]
        self.num_pair_features: int = size["num_pair_features"]
        self.splits = [Number(number) for number in question.values["numbers"]]
        self._fit = unpack_episodes(question.arrays, name="fit")
        self._predict = unpack_episodes(question.arrays, name="predict")

    def train_dataloader(self) -> DataLoader[Episode]:
        """All fit episodes as one batch."""
        return DataLoader([self._fit], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset

    def val_dataloader(self) -> DataLoader[Episode]:
        """The same: they contain the validation entries."""
        return self.train_dataloader()

    def predict_dataloader(self) -> DataLoader[Episode]:
        """All predict episodes as one batch."""
        return DataLoader([self._predict], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset


class Number:
    """All that is left of a split: its number, which keys weights and noise."""

    def __init__(self, number: int) -> None:
        self.number = number


class _ProgressFile(pl.Callback):
    """Writes the number of epochs trained, and at most to be trained, to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next = 0.0

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002  # Lightning's
        """Write the numbers, twice a second."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _PROGRESS_SECONDS
            self._path.write_text(f"{trainer.current_epoch + 1} {trainer.max_epochs}")
