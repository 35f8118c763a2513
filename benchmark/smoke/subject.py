"""The model being checked, on a few splits of a published matrix."""

import sys
import time
import warnings
from dataclasses import replace
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.trainer import use_threads_for
from benchmark.smoke.guard import Guard
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.pair_features import ALL_PAIRS, NO_PAIRS
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel, build_model
from lit_models.loading.class_source import source_file
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery

NUMBERS = (0, 1, 2)
MEMBERS = 2
FEW_EPOCHS = 10
SEED = 0


class Fitted(NamedTuple):
    """A trained model.

    Attributes:
        module: the trained module.
        scores: [S, K, N, N] float.
        seconds: time for training and prediction in seconds.
        refusal: why vmap cannot run it; "" if it can.
    """

    module: LitRecovery
    scores: Tensor
    seconds: float
    refusal: str


class Subject:
    """A model and the data that it is checked on.

    Args:
        config: the model.
        guard: records the model's side effects.
        setting: main setting of the checks; default transductive, or inductive if the model declares only
            that.
    """

    def __init__(self, config: ModelConfig, *, guard: Guard, setting: Setting | None = None) -> None:
        self.config = config
        self.guard = guard
        module, _, name = config.class_path.rpartition(".")
        self.file = guard.file = source_file(getattr(sys.modules[module], name))
        self.build = model_factory(config)
        self.table = _read(_dataset_for(config))
        self._data: dict[tuple[Setting, tuple[int, ...] | None], AffinityDataModule] = {}
        self._setting = setting
        use_threads_for(len(self.table.task_names))

    @property
    def title(self) -> str:
        """What is checked."""
        return f"{self.config.name}, from {self.config.class_path}"

    def data(self, setting: Setting, numbers: tuple[int, ...] | None = NUMBERS) -> AffinityDataModule:
        """Datamodule of the matrix with the given splits; None for all."""
        key = (setting, numbers)
        if key not in self._data:
            self._data[key] = self._serve(self.table, setting, numbers)
        return self._data[key]

    def copies(self, number: int, count: int) -> AffinityDataModule:
        """Datamodule of the matrix with one split, several times."""
        return self.data(self.setting, (number,)).part([0] * count)

    def data_with_noise(self, cells: npt.NDArray[np.bool_]) -> AffinityDataModule:
        """The same splits of a table with noise added to some of its entries."""
        draws = np.random.default_rng(SEED).normal(scale=3.0, size=self.table.value.shape)
        changed = replace(self.table, value=np.where(cells, self.table.value + draws, self.table.value))
        return self._serve(changed, self.setting, NUMBERS)

    def _serve(
        self, table: AffinityTable, setting: Setting, numbers: tuple[int, ...] | None
    ) -> AffinityDataModule:
        return data_for(self.config, table, setting=setting, numbers=numbers)

    @property
    def setting(self) -> Setting:
        """Main setting of the checks."""
        if self._setting is None:
            data = self.data("transductive")
            declared = self.untrained(data).settings
            self._setting = "transductive" if "transductive" in declared else "inductive"
        return self._setting

    @cached_property
    def short_run(self) -> Fitted:
        """The run that other runs are compared with."""
        return self.fit(self.data(self.setting), epochs=FEW_EPOCHS)

    def model(self, setting: Setting, *, seed: int = SEED) -> RecoveryModel:
        """One untrained copy, noise off."""
        data = self.data(setting)
        torch.manual_seed(seed)
        return self.untrained(data).eval()

    def untrained(self, data: AffinityDataModule) -> RecoveryModel:
        """A copy of the model for the size of some data."""
        return build_model(self.build, data.num_tasks, data.num_features, data.num_pair_features)

    def graph(self, setting: Setting) -> TaskGraph:
        """The graph that the first split is predicted on."""
        return self.data(setting).episode(0, stage="predict").graph

    def fit(self, data: AffinityDataModule, *, epochs: int, members: int = MEMBERS) -> Fitted:
        """Train the model as a run would, and predict."""
        started = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fitted = fit_model(self.config, data, members=members, seed=SEED, epochs=epochs)
            scores = fitted.scores(data.predict_dataloader())
        refusals = [str(each.message) for each in caught if "vmap" in str(each.message)]
        return Fitted(fitted.module, scores, time.perf_counter() - started, "".join(refusals[:1]))


@cache
def _read(dataset: str) -> AffinityTable:
    return DATASETS[dataset].read()


def _dataset_for(config: ModelConfig) -> str:
    """A matrix with the inputs that the model needs."""
    if config.pairs == NO_PAIRS:
        return "prompt-transfer" if config.z == "prompt" else "taskonomy"
    named = (name for name in DATASETS if config.pairs in _read(name).pairs)
    return "medmnist" if config.pairs == ALL_PAIRS else next(named, "medmnist")


def largest_gap(one: Tensor, other: Tensor) -> float:
    """Largest absolute difference of two tensors."""
    return float((one - other).detach().abs().max())
