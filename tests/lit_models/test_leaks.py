"""The check for leaks, checked: it catches a datamodule that shows truth.

That hidden values move no prediction of any shipped model is tested in test_invariants.py, from the outside:
through table, datamodule, training and prediction.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.graph import Episode
from datamodules.splits.protocol import Setting
from datamodules.standardise import SCALES, z_scores
from datamodules.tables.medmnist import MEDMNIST
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery, ModelFactory

Fit = Callable[..., tuple[LitRecovery, Tensor]]
FEWER_TREES = {"extra-trees+z+text+pairs": {"trees": 5}}


def noisy(table: AffinityTable, cells: NDArray[np.bool_]) -> AffinityTable:
    """The same table with other numbers in some of its cells."""
    assert cells.any()
    assert table.eligible[cells].all()
    noise = np.random.default_rng(0).normal(scale=3.0, size=table.value.shape)
    return replace(table, value=np.where(cells, table.value + noise, table.value))


def with_measured_embeddings(table: AffinityTable) -> AffinityTable:
    """The table with those kinds of Z that no dataset has: a measurement makes them."""
    vectors = np.random.default_rng(1).normal(size=(len(table.task_names), 12))
    return replace(
        table,
        vectors={**table.vectors, "task2vec": vectors},
        similarities={"representation": np.corrcoef(vectors) ** 2},
    )


def on_table(table: AffinityTable, like: AffinityDataModule) -> AffinityDataModule:
    """The same splits of a changed table, served by the same kind of datamodule."""
    numbers = [split.number for split in like.splits]
    data = type(like)(
        table=table, setting=like.setting, numbers=numbers, z=like.z, scale=like.scale, pairs=like.pairs
    )
    assert [split.hash for split in data.splits] == [split.hash for split in like.splits]
    return data


def moves_predictions(
    fit: Fit,
    build: ModelFactory,
    data: AffinityDataModule,
    cells: NDArray[np.bool_],
    *,
    before: Tensor,
) -> bool:
    """Whether any bit of the first split's predictions changes with the numbers in some cells."""
    after = fit(build, on_table(noisy(data.table, cells), data))[1]
    return not torch.equal(before[0], after[0])


class ShowsTruth(AffinityDataModule):
    """Leaks: hidden affinities stand in the graph, although it does not call them observed."""

    def episode(self, position: int, *, stage: Stage) -> Episode:
        episode = super().episode(position, stage=stage)
        order = self.task_order(self.splits[position])[: len(episode.graph.group)]
        truth = torch.tensor(np.nan_to_num(self.table.value[np.ix_(order, order)]), dtype=torch.float32)
        graph = episode.graph
        return episode._replace(graph=graph._replace(affinity=graph.affinity + truth * graph.query))


@pytest.mark.parametrize(
    ("name", "setting"),
    [("source-mean", "transductive"), ("source-mean", "inductive"), ("gravity-profile", "transductive")],
)
def test_a_datamodule_that_shows_truth_is_caught(
    fit: Fit, table: AffinityTable, name: str, setting: Setting
) -> None:
    build = model_factory(load_model(name))
    data = ShowsTruth(table=table, setting=setting, numbers=[0])
    before = fit(build, data)[1]
    assert moves_predictions(fit, build, data, data.splits[0].query, before=before)


@pytest.mark.parametrize("name", ["source-mean", "gravity-gcn"])
def test_standardising_by_hidden_cells_is_caught(
    fit: Fit, table: AffinityTable, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The subtle leak: no hidden cell is shown, but a target's mean and deviation are taken over all."""
    monkeypatch.setitem(SCALES, "zscore", lambda value, _: z_scores(value, np.isfinite(value)))
    build = model_factory(load_model(name))
    data = AffinityDataModule(table=table, numbers=[0])
    before = fit(build, data)[1]
    assert moves_predictions(fit, build, data, data.splits[0].query, before=before)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("kernel-ridge+text+pairs", "transductive"),
        ("metadata-only+text+pairs", "inductive"),
        ("extra-trees+z+text+pairs", "inductive"),
        ("multihead-profile+text+pairs", "transductive"),
        ("source-target-edge-inductive+text+pairs", "inductive"),
        ("pairs-ridge+text", "inductive"),
        ("kernel-ridge+task2vec+representation", "transductive"),
        ("metadata-only+task2vec+representation", "inductive"),
    ],
)
def test_hidden_cells_enter_neither_z_nor_pair_features(fit: Fit, name: str, setting: Setting) -> None:
    config = load_model(name)
    config = config.model_copy(update={"init_args": {**config.init_args, **FEWER_TREES.get(name, {})}})
    build = model_factory(config)
    table = with_measured_embeddings(MEDMNIST.read(regime="fine-tuned", label="auc"))
    data = AffinityDataModule(table=table, setting=setting, numbers=[0], z=config.z, pairs=config.pairs)
    before = fit(build, data)[1]
    assert not moves_predictions(fit, build, data, data.splits[0].query, before=before)
    assert moves_predictions(fit, build, data, data.training_mask(data.splits[0]), before=before)
