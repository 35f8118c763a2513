"""What the tests of lit_models share: one table, one way to train, and every configured model to try."""

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.errors import UserError
from datamodules.graph import TaskGraph, graph_of
from datamodules.splits.protocol import Setting
from datamodules.standardise import Scale
from datamodules.tables.medmnist import MEDMNIST
from datamodules.tables.taskonomy import TASKONOMY
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_factory, model_names
from lit_models.training.lit_recovery import LitRecovery, ModelFactory

NUMBERS = (0, 5)
Z_OF_TASKONOMY: tuple[Z, ...] = ("none", "metadata")  # it has no prompts


def variants() -> Iterator[Any]:
    """Every configured model, with and without Z, in every setting that the instance supports."""
    for name in model_names():
        for z in Z_OF_TASKONOMY:
            config = load_model(name).model_copy(update={"z": z})
            label = f"{name}-{'with' if z != 'none' else 'without'}-z"
            try:
                model = model_factory(config)(6, 3 if z != "none" else 0)
            except UserError as error:
                # No such model: test_registry.py says which these are.
                yield pytest.param(None, id=label, marks=pytest.mark.skip(reason=str(error)))
                continue
            for setting in sorted(model.settings):
                yield pytest.param((config, setting), id=f"{label}-{setting}")


@pytest.fixture(scope="session")
def table() -> AffinityTable:
    return TASKONOMY.read(regime="16k", label="ahp")


@pytest.fixture(params=variants())
def variant(request: pytest.FixtureRequest) -> tuple[ModelConfig, Setting]:
    """A configured model and a setting; the fixtures below are made for it."""
    pair: tuple[ModelConfig, Setting] = request.param
    return pair


@pytest.fixture
def config(variant: tuple[ModelConfig, Setting]) -> ModelConfig:
    return variant[0]


@pytest.fixture
def setting(variant: tuple[ModelConfig, Setting]) -> Setting:
    return variant[1]


@pytest.fixture
def build(config: ModelConfig) -> ModelFactory:
    return model_factory(config)


@pytest.fixture(scope="session")
def data_of(table: AffinityTable) -> Callable[..., AffinityDataModule]:
    """Two splits of the table, or of one with proxies, made once for all that ask for the same."""
    with_proxies = MEDMNIST.read(regime="fine-tuned", label="auc")

    @cache
    def of(z: Z, setting: Setting, scale: Scale = "zscore", proxy: str = "none") -> AffinityDataModule:
        return AffinityDataModule(
            table=table if proxy == "none" else with_proxies,
            setting=setting,
            numbers=NUMBERS,
            z=z,
            scale=scale,
            proxy=proxy,
        )

    return of


@pytest.fixture
def data(
    config: ModelConfig, setting: Setting, data_of: Callable[..., AffinityDataModule]
) -> AffinityDataModule:
    return data_of(config.z, setting, config.scale, config.proxy)


def train(
    build: ModelFactory,
    data: AffinityDataModule,
    *,
    members: int = 2,
    epochs: int = 10,
    check_every: int = 5,
    double: bool = False,
    **training: float,
) -> tuple[LitRecovery, Tensor]:
    """Fit a model, where there is anything to fit, and predict: the module and its [E, K, N, N] scores."""
    module = LitRecovery.for_data(build, data, members=members, **training)  # type: ignore[arg-type]  # a seed is an int
    # The three below are Lightning's: all episodes are one batch in memory; it uses a name that torch
    # renames; and these tests stay on the CPU, whatever else there is.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    trainer = pl.Trainer(
        accelerator="cpu",
        precision="64-true" if double else "32-true",
        max_epochs=epochs,
        check_val_every_n_epoch=check_every,
        num_sanity_val_steps=0,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        inference_mode=False,
    )
    if module.is_trainable:
        trainer.fit(module, datamodule=data)
    (prediction,) = trainer.predict(module, datamodule=data) or ()
    assert prediction.position.tolist() == list(range(len(data.splits)))
    return module, prediction.scores


@pytest.fixture(scope="session")
def fit() -> Callable[..., tuple[LitRecovery, Tensor]]:
    """:func:`train`."""
    return train


@pytest.fixture(scope="session")
def trained_before() -> dict[tuple[str, Z, Setting], Tensor]:
    """Scores by model and setting, so that each is trained once on the table as it is."""
    return {}


@pytest.fixture
def trained_scores(
    trained_before: dict[tuple[str, Z, Setting], Tensor],
    config: ModelConfig,
    setting: Setting,
    build: ModelFactory,
    data: AffinityDataModule,
) -> Tensor:
    """The trained model's scores on ``data``, [2 episodes, 2 members, N, N]."""
    name = (config.name, config.z, setting)
    if name not in trained_before:
        trained_before[name] = train(build, data)[1]
    return trained_before[name]


@pytest.fixture(scope="session")
def random_graph() -> Callable[..., TaskGraph]:
    """Makes a graph with about two thirds of its transfers observed, each task with some."""

    def make(size: int = 6, *, features: int = 0, seed: int = 0) -> TaskGraph:
        generator = torch.Generator().manual_seed(seed)
        affinity = torch.randn(size, size, generator=generator)
        observed = (torch.rand(size, size, generator=generator) < 0.6) | torch.eye(size).roll(1, 0).bool()
        x = torch.randn(size, features, generator=generator)
        graph = graph_of(affinity, observed & ~torch.eye(size, dtype=torch.bool), x=x)
        return graph._replace(group=torch.arange(size) % 3, key=torch.tensor(seed))

    return make


@pytest.fixture(scope="session")
def additive_matrix() -> Tensor:
    """[30, 30] float64, source effect + target effect."""
    of_source = torch.arange(30, dtype=torch.float64) / 5
    return of_source[:, None] - torch.linspace(-1, 2, 30).double() ** 2


@pytest.fixture(scope="session")
def seventy_percent() -> Tensor:
    """[30, 30] mask with 70 % of the transfers."""
    drawn = torch.rand(30, 30, generator=torch.Generator().manual_seed(0))
    return (drawn < 0.7) & ~torch.eye(30, dtype=torch.bool)
