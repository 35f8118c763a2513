"""What the tests of lit_models share: one table, one way to train, and fixtures of each model to try."""

import warnings
from collections.abc import Callable
from functools import cache

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.graph import TaskGraph, graph_of
from datamodules.pair_features import ALL_PAIRS, NO_PAIRS
from datamodules.splits.protocol import Setting
from datamodules.standardise import Scale
from datamodules.tables.langrank_dep import LANGRANK_DEP
from datamodules.tables.langrank_mt import LANGRANK_MT
from datamodules.tables.medmnist import MEDMNIST
from datamodules.tables.taskonomy import TASKONOMY
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery, ModelFactory

from .variants import Variant, variant_parameters

NUMBERS = (0, 5)


@pytest.fixture(scope="session")
def table() -> AffinityTable:
    return TASKONOMY.read(regime="16k", label="ahp")


@pytest.fixture(params=variant_parameters())
def variant(request: pytest.FixtureRequest) -> Variant:
    """A configured model and a setting; the fixtures below are made for it."""
    chosen: Variant = request.param
    return chosen


@pytest.fixture
def config(variant: Variant) -> ModelConfig:
    return variant.config


@pytest.fixture
def setting(variant: Variant) -> Setting:
    return variant.setting


@pytest.fixture
def build(config: ModelConfig) -> ModelFactory:
    return model_factory(config)


@pytest.fixture(scope="session")
def data_of(table: AffinityTable) -> Callable[..., AffinityDataModule]:
    """Two splits of the table, or of one with the pair features, made once for all that ask for the same."""

    def with_pairs(pairs: str) -> AffinityTable:
        tables = (dataset.read() for dataset in (MEDMNIST, LANGRANK_DEP, LANGRANK_MT))
        return next(each for each in tables if pairs == ALL_PAIRS or pairs in each.pairs)

    @cache
    def of(z: Z, setting: Setting, scale: Scale = "zscore", pairs: str = NO_PAIRS) -> AffinityDataModule:
        return AffinityDataModule(
            table=table if pairs == NO_PAIRS else with_pairs(pairs),
            setting=setting,
            numbers=NUMBERS,
            z=z,
            scale=scale,
            pairs=pairs,
        )

    return of


@pytest.fixture
def data(
    config: ModelConfig, setting: Setting, data_of: Callable[..., AffinityDataModule]
) -> AffinityDataModule:
    return data_of(config.z, setting, config.scale, config.pairs)


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
