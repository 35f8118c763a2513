"""The model under check, on a few splits of a published matrix."""

import sys
import time
import warnings
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.trainer import use_threads_for
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.registry import DATASETS
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery

NUMBERS = (0, 1, 2)
MEMBERS = 2
SEED = 0


class CheckError(Exception):
    """A check is not passed.

    Args:
        problem: what is wrong.
        change: what to change.
    """

    def __init__(self, problem: str, change: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.change = change


class Fitted(NamedTuple):
    """A trained model.

    Attributes:
        module: it.
        scores: [S, K, N, N] float.
        seconds: fit and predict.
        refusal: why vmap does not take it; "" if it does.
    """

    module: LitRecovery
    scores: Tensor
    seconds: float
    refusal: str


class Subject:
    """A model and the data that it is tried on.

    Args:
        config: the model.
    """

    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        self.file = str(sys.modules[config.class_path.rpartition(".")[0]].__file__)
        self.build = model_factory(config)
        dataset = DATASETS[_dataset_for(config)]
        self.table: AffinityTable = dataset.read(regime=dataset.regimes[0], label=next(iter(dataset.labels)))
        use_threads_for(len(self.table.task_names))

    @cache  # noqa: B019  # one subject a process
    def data(
        self, setting: Setting, numbers: Sequence[int] | None = NUMBERS, table: AffinityTable | None = None
    ) -> AffinityDataModule:
        """Splits of the matrix, or of one like it; all of them for the numbers None."""
        return data_for(self.config, table or self.table, setting=setting, numbers=numbers)

    @property
    def setting(self) -> Setting:
        """The transductive setting, or the other if the model declares that alone."""
        data = self.data("transductive")
        declared = self.build(data.num_tasks, data.num_features).settings
        return "transductive" if "transductive" in declared else "inductive"

    def model(self, setting: Setting, *, seed: int = SEED) -> RecoveryModel:
        """One untrained copy, noise off."""
        data = self.data(setting)
        torch.manual_seed(seed)
        return self.build(data.num_tasks, data.num_features).eval()

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


def _dataset_for(config: ModelConfig) -> str:
    """A matrix that has what the model asks for."""
    if config.proxy != "none":
        return "medmnist"
    return "prompt-transfer" if config.z == "prompt" else "taskonomy"


def largest_gap(one: Tensor, other: Tensor) -> float:
    """Largest absolute difference of two tensors."""
    return float((one - other).abs().max())
