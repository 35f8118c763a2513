"""Truth and prediction meet in one order, over all members, and only if the prediction is finite."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import pytorch_lightning as pl
import torch

from benchmark.scoring.evaluator import Evaluator
from datamodules.dataset_datamodule import DatasetDataModule
from lit_models.training.lit_recovery import Prediction

NO_TRAINER = cast(pl.Trainer, SimpleNamespace())
NO_MODULE = cast(pl.LightningModule, SimpleNamespace())


def in_episode_order(datamodule: DatasetDataModule, position: int) -> torch.Tensor:
    """The truth as a model would have to write it: rows and columns as in the predict graph."""
    order = datamodule.task_order(datamodule.splits[position])
    return torch.tensor(np.nan_to_num(datamodule.table.value)[np.ix_(order, order)])


def feed(evaluator: Evaluator, prediction: Prediction) -> None:
    evaluator.on_predict_batch_end(NO_TRAINER, NO_MODULE, prediction, None, 0)
    evaluator.on_predict_epoch_end(NO_TRAINER, NO_MODULE)


@pytest.fixture
def datamodule() -> DatasetDataModule:
    return DatasetDataModule(dataset="taskonomy", setting="inductive", numbers=(3, 8))


def test_new_tasks_find_their_place_in_the_table(datamodule: DatasetDataModule) -> None:
    truths = torch.stack([in_episode_order(datamodule, position) for position in (1, 0)])
    evaluator = Evaluator(datamodule=datamodule, name="truth", members=1)
    feed(evaluator, Prediction(torch.tensor([1, 0]), truths[:, None]))
    table = np.nan_to_num(datamodule.table.value)
    np.testing.assert_array_equal(evaluator.member_scores, np.broadcast_to(table, (2, 1, 25, 25)))
    assert np.nanmin(evaluator.metrics()["spearman"].values) == pytest.approx(1.0)


def test_members_are_averaged(datamodule: DatasetDataModule) -> None:
    truths = torch.stack([in_episode_order(datamodule, position) for position in (0, 1)])
    noise = torch.randn(truths.shape, generator=torch.Generator().manual_seed(0))
    evaluator = Evaluator(datamodule=datamodule, name="two members", members=2)
    feed(evaluator, Prediction(torch.tensor([0, 1]), torch.stack([truths + noise, truths - noise], dim=1)))
    assert np.nanmin(evaluator.metrics()["spearman"].values) == pytest.approx(1.0)


def test_a_score_that_is_not_finite_names_the_model(datamodule: DatasetDataModule) -> None:
    scores = torch.zeros(1, 1, 25, 25)
    order = list(datamodule.task_order(datamodule.splits[0]))
    source, target = np.argwhere(datamodule.splits[0].query)[0]
    scores[0, 0, order.index(source), order.index(target)] = float("nan")
    with pytest.raises(ValueError, match="wobbly: 1 of"):
        feed(
            Evaluator(datamodule=datamodule, name="wobbly", members=1), Prediction(torch.tensor([0]), scores)
        )


def test_what_was_not_asked_may_be_anything(datamodule: DatasetDataModule) -> None:
    truths = torch.stack([in_episode_order(datamodule, position) for position in (0, 1)])
    for position, split in enumerate(datamodule.splits):
        order = datamodule.task_order(split)
        truths[position][torch.from_numpy(~split.query[np.ix_(order, order)])] = float("inf")
    evaluator = Evaluator(datamodule=datamodule, name="queries only", members=1)
    feed(evaluator, Prediction(torch.tensor([0, 1]), truths[:, None]))
    assert np.nanmin(evaluator.metrics()["spearman"].values) == pytest.approx(1.0)
