"""Jobs of set models in a worker: read their configurations, describe one, or train one and score sets."""

from pathlib import Path
from typing import cast

import pytorch_lightning as pl
from torch.utils.data import DataLoader

from benchmark.isolation.exchange import Message, unpack
from benchmark.isolation.model_jobs import Number
from benchmark.sets.train_set_model import describe_module, make_module, train_set_model
from datamodules.graph import TaskGraph
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.set_graph import SetEpisode, SetGraph
from lit_models.loading.config import ModelConfig
from lit_models.sets.registry import load_set_model


def read(question: Message, _: Path) -> Message:
    """The configuration of the set model that ``word`` names."""
    return Message({"configs": [load_set_model(question.values["word"]).model_dump()]}, {})


def describe(question: Message, _: Path) -> Message:
    """What a result says of a set model that is built for graphs of a ``size``."""
    module = make_module(_config(question), cast(SetDataModule, SetEpisodeData(question)))
    return Message(describe_module(module)._asdict(), {})


def fit(question: Message, _: Path) -> Message:
    """Scores of the sets that each episode asks for, and CPU seconds."""
    fitted = train_set_model(
        _config(question),
        cast(SetDataModule, SetEpisodeData(question)),  # has what training asks of it
        members=question.values["members"],
        seed=question.values["seed"],
    )
    seconds = fitted._asdict()
    return Message(seconds, {"scores": seconds.pop("scores")})


def _config(question: Message) -> ModelConfig:
    load_set_model(question.values["word"])  # imports the class
    return ModelConfig.model_validate(question.values["config"])


class _Singles:
    """All that is left of the single transfers' datamodule: the sizes that a model is built for."""

    def __init__(self, *, num_tasks: int, num_features: int, num_pair_features: int) -> None:
        self.num_tasks = num_tasks
        self.num_features = num_features
        self.num_pair_features = num_pair_features


class SetEpisodeData(pl.LightningDataModule):
    """Episodes without the table, the sets' values and the splits that they come from.

    Args:
        question: holds the numbers of the splits, the size of their graphs, and a batch of the episodes
            unless a model is only described.
    """

    def __init__(self, question: Message) -> None:
        super().__init__()
        self.singles = _Singles(**question.values["size"])
        self.splits = [Number(number) for number in question.values["numbers"]]
        self._arrays = question.arrays

    def train_dataloader(self) -> DataLoader[SetEpisode]:
        """All episodes as one batch."""
        batch = SetEpisode(
            self._arrays["position"],
            unpack(TaskGraph, self._arrays, name="graph"),
            unpack(SetGraph, self._arrays, name="sets"),
        )
        return DataLoader([batch], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset

    def predict_dataloader(self) -> DataLoader[SetEpisode]:
        """The same episodes as for training."""
        return self.train_dataloader()
