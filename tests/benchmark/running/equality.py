"""A process of the equality tests: every variant of a model trained in float64, and what came of it.

    torchrun --standalone --nproc-per-node 2 tests/benchmark/running/equality.py FILE cpu 2 1 MODEL ...

With ``forked`` before FILE, and without torchrun, it forks its ranks itself.

The numbers are processes a node and nodes. Rank zero writes FILE, a NumPy archive: by
``model/setting/scores`` the [S, K, N, N] scores of 7 splits, by ``model/setting/spearman`` their per-split
values. Then every rank runs a cell with an output folder of its own, ``rank-N`` beside FILE.
"""

import sys
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.distributed as dist
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.distributed import is_rank_zero, leave
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware, use_threads_for
from benchmark.scoring.evaluator import Evaluator
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from datamodules.registry import find_source
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_factory

SPLITS = 7
MEMBERS = 2
EPOCHS = 10  # two checks, so that some replicas keep the first and others the second state
FORKED = "forked"
BATCH_DEPENDENT = "batch-dependent"  # a model that must not pass


class BatchDependent(RecoveryModel):
    """Draws from torch's own generator: what an episode gets depends on which others are there."""

    batchable = False

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # every factory's
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(num_tasks, num_tasks))

    @property
    def settings(self) -> frozenset[Setting]:
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> torch.Tensor:
        noise = torch.randn_like(self.weight) if self.training else torch.zeros_like(self.weight)
        return graph.affinity + self.weight + noise


def config_of(name: str) -> ModelConfig:
    if name == BATCH_DEPENDENT:
        return ModelConfig(name=name, class_path=f"{__name__}.BatchDependent")
    return load_model(name)


@cache
def table_of(dataset: str) -> AffinityTable:
    source = find_source(dataset)
    return source.read(regime=source.regimes[0], label=next(iter(source.labels)))


def data_of(config: ModelConfig, setting: Setting) -> AffinityDataModule:
    """Seven splits of a small dataset that has what the model asks for."""
    table = table_of("prompt-transfer" if config.z in {"prompt", "all"} else "medmnist")
    return data_for(config, table, setting=setting, numbers=range(SPLITS))


def train(config: ModelConfig, setting: Setting, *, hardware: Hardware) -> Evaluator:
    """A shortened cell in float64: as the runner does it."""
    data = data_of(config, setting)
    evaluator = Evaluator(datamodule=data, name=config.name, members=MEMBERS)
    module, trainer, _ = fit_model(
        config,
        data,
        members=MEMBERS,
        seed=0,
        epochs=EPOCHS,
        hardware=hardware,
        precision="64-true",
        callbacks=[evaluator],
    )
    trainer.predict(module, datamodule=data, return_predictions=False)
    return evaluator


def settings_of(config: ModelConfig) -> Iterator[Setting]:
    """Those in which the model can rank transfers; none if it does not fit the data at all."""
    for setting in ("transductive", "inductive"):
        data = data_of(config, setting)
        try:
            build = model_factory(config) if config.name != BATCH_DEPENDENT else BatchDependent
            supported = build(data.num_tasks, data.num_features).settings
        except UserError:
            return
        if setting in supported:
            yield setting


def measure(names: list[str], *, hardware: Hardware) -> dict[str, npt.NDArray[np.float64]]:
    """Train all variants and collect what came of them; the same on every rank."""
    warnings.filterwarnings("ignore")  # of models that vmap refuses: other tests look at those
    use_threads_for(12)
    values: dict[str, npt.NDArray[np.float64]] = {}
    for name in names:
        config = config_of(name)
        for setting in settings_of(config):
            evaluator = train(config, setting, hardware=hardware)
            values[f"{name}/{setting}/scores"] = evaluator.member_scores
            values[f"{name}/{setting}/spearman"] = np.nanmean(evaluator.metrics()["spearman"].values, 1)
    return values


def run_a_cell(out: Path, *, hardware: Hardware) -> None:
    (cell,) = cells_of(
        find_source("medmnist"), load_suite("default"), settings=["transductive"], models=["gae-profile"]
    )
    effort = RunSettings(members=MEMBERS, epochs=EPOCHS, numbers=range(SPLITS))
    result = CellRun(cell, table=table_of("medmnist"), effort=effort, hardware=hardware).execute(out)
    assert result.status == "ok", result.error


def run_rank(target: str, accelerator: str, devices: str, num_nodes: str, *models: str) -> None:
    hardware = Hardware(accelerator=accelerator, devices=int(devices), num_nodes=int(num_nodes))
    measured = measure([*models], hardware=hardware)
    if is_rank_zero():
        np.savez(Path(target), **measured)
    rank = dist.get_rank() if dist.is_initialized() else 0  # one GPU needs no process group
    run_a_cell(Path(target).with_name(f"rank-{rank}"), hardware=hardware)
    leave()


def fork_ranks(*words: str) -> None:
    """What torchrun does, for ranks that begin with what this process has imported: that takes seconds."""
    _, _, devices, *_ = words
    plan = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=int(devices),
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        run_id="test",
        max_restarts=0,
        start_method="fork",
    )
    elastic_launch(plan, run_rank)(*words)


if __name__ == "__main__":
    if sys.argv[1] == FORKED:
        fork_ranks(*sys.argv[2:])
    else:
        run_rank(*sys.argv[1:])
