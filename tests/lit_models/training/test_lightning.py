"""LitRecovery under a plain Lightning trainer: checkpoints, resuming, validation, logs, precision."""

import csv
import math
import re
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger
from torch import Tensor

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.errors import UserError
from datamodules.splits.protocol import Setting
from lit_models.gae import GAE
from lit_models.gravity import GravityVGAE
from lit_models.registry import load_model, model_factory, model_names
from lit_models.training.lit_recovery import LitRecovery

DataOf = Callable[..., AffinityDataModule]
EPOCHS = 20


@pytest.fixture
def data(data_of: DataOf) -> AffinityDataModule:
    return data_of("none", "transductive")


def module_of(data: AffinityDataModule, build: Any = GravityVGAE, **arguments: Any) -> LitRecovery:
    return LitRecovery.for_data(build, data, **{"members": 2, **arguments})


def plain_trainer(**options: Any) -> pl.Trainer:
    """Lightning's own defaults, but for a CPU, no bars, and no files unless they are asked for."""
    # The five below are Lightning's: all episodes are one batch in memory, which is less than it logs by; it
    # uses a name that torch renames; these tests stay on the CPU; and a resumed run keeps no checkpoints.
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*smaller than the logging interval.*")
    warnings.filterwarnings("ignore", message=".*isinstance.treespec, LeafSpec.*")
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    warnings.filterwarnings("ignore", message=".*callbacks used to create the checkpoint.*")
    defaults = {"accelerator": "cpu", "max_epochs": EPOCHS, "check_val_every_n_epoch": 5, "logger": False}
    quiet = {"enable_progress_bar": False, "enable_model_summary": False}
    return pl.Trainer(**{**defaults, **quiet, "enable_checkpointing": False, **options})


def scores_of(module: LitRecovery, data: AffinityDataModule) -> Tensor:
    (prediction,) = plain_trainer().predict(module, datamodule=data) or ()
    scores: Tensor = prediction.scores
    return scores


def fit_with_checkpoints(
    module: LitRecovery, data: AffinityDataModule, folder: Path, **options: Any
) -> list[Path]:
    """Train, and keep a checkpoint of every validation check."""
    keep = ModelCheckpoint(folder, monitor="validation_loss", save_top_k=-1, filename="{step:03d}")
    plain_trainer(enable_checkpointing=True, callbacks=[keep], **options).fit(module, datamodule=data)
    return sorted(folder.glob("*.ckpt"))


def assert_same(module: LitRecovery, other: LitRecovery) -> None:
    """Every weight, loss and point of the curve to the last bit."""
    state, others = module.state_dict(), other.state_dict()
    assert state.keys() == others.keys()
    assert [name for name in state if not torch.equal(state[name], others[name])] == []
    assert [point.epoch for point in module.curve] == [point.epoch for point in other.curve]
    for point, its in zip(module.curve, other.curve, strict=True):
        assert all(torch.equal(mine, theirs) for mine, theirs in zip(point[1:], its[1:], strict=True))


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize("precision", ["32-true", "64-true"])
def test_a_run_resumed_at_any_check_ends_as_one_without_the_break(
    data: AffinityDataModule, tmp_path: Path, schedule: str, precision: Any
) -> None:
    whole = module_of(data, schedule=schedule)
    checkpoints = fit_with_checkpoints(whole, data, tmp_path, precision=precision)
    assert len(checkpoints) == 4
    for checkpoint in checkpoints:
        resumed = module_of(data, schedule=schedule)
        trainer = plain_trainer(precision=precision)
        trainer.fit(resumed, datamodule=data, ckpt_path=checkpoint)
        assert trainer.current_epoch == EPOCHS
        assert_same(whole, resumed)
    assert len(whole.curve) == 4


def test_a_run_that_stopped_early_predicts_the_same_after_resuming(
    data: AffinityDataModule, tmp_path: Path
) -> None:
    whole = module_of(data, patience=1)
    *_, last = fit_with_checkpoints(whole, data, tmp_path, max_epochs=400)
    assert whole.curve[-1].epoch < 400
    resumed = module_of(data, patience=1)
    plain_trainer(max_epochs=400).fit(resumed, datamodule=data, ckpt_path=last)
    assert torch.equal(scores_of(whole, data), scores_of(resumed, data))


@pytest.mark.parametrize(
    "build", [GAE, partial(GAE, encoder="dir", width=4), model_factory(load_model("vgae-gcn"))]
)
def test_a_checkpoint_alone_brings_a_module_back(
    data: AffinityDataModule, tmp_path: Path, build: Any
) -> None:
    module = module_of(data, build, seed=3, learning_rate=0.1)
    *_, last = fit_with_checkpoints(module, data, tmp_path)
    saved = torch.load(last, weights_only=True)
    assert saved["hyper_parameters"]["build"]["class_path"].startswith("lit_models.gae.")
    # Lightning builds the module by a method that jsonargparse renames.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    loaded = LitRecovery.load_from_checkpoint(last)
    assert_same(module, loaded)
    assert (loaded.seed, loaded.learning_rate, loaded.numbers) == (3, 0.1, module.numbers)
    assert loaded.origin == module.origin
    assert loaded.origin["task_names"] == list(data.table.task_names)
    assert torch.equal(scores_of(module, data), scores_of(loaded, data))


def test_a_nameless_factory_is_passed_again(data: AffinityDataModule, tmp_path: Path) -> None:
    def build(num_tasks: int, num_features: int) -> GAE:
        return GAE(num_tasks, num_features, dim=2)

    module = module_of(data, build)
    *_, last = fit_with_checkpoints(module, data, tmp_path)
    assert "build" not in torch.load(last, weights_only=True)["hyper_parameters"]
    with pytest.raises(TypeError, match="build"):
        LitRecovery.load_from_checkpoint(last)
    assert_same(module, LitRecovery.load_from_checkpoint(last, build=build))


def test_the_best_checkpoint_is_that_of_the_lowest_logged_loss(
    data: AffinityDataModule, tmp_path: Path
) -> None:
    best = ModelCheckpoint(tmp_path, monitor="validation_loss")
    module = module_of(data, learning_rate=0.2)  # too high, so that the last check is not the best
    plain_trainer(enable_checkpointing=True, callbacks=[best]).fit(module, datamodule=data)
    losses = [float(point.validation_loss.mean()) for point in module.curve]
    assert best.best_model_score is not None
    assert float(best.best_model_score) == pytest.approx(min(losses))
    assert losses[-1] > min(losses)
    epoch = module.curve[losses.index(min(losses))].epoch
    assert f"step={epoch}" in best.best_model_path
    saved = torch.load(best.best_model_path, weights_only=True)
    assert [point["epoch"] for point in saved["curve"]] == list(range(5, epoch + 1, 5))


def test_the_sanity_check_and_inference_mode_change_nothing(data: AffinityDataModule) -> None:
    """Both are what a trainer does unless it is told not to."""
    plain, careful = module_of(data), module_of(data)
    plain_trainer(num_sanity_val_steps=2, inference_mode=True).fit(plain, datamodule=data)
    plain_trainer(num_sanity_val_steps=0, inference_mode=False).fit(careful, datamodule=data)
    assert plain.curve[-1].epoch == EPOCHS
    assert_same(plain, careful)


def test_validate_gives_the_loss_of_what_predicts_and_changes_nothing(data: AffinityDataModule) -> None:
    module = module_of(data, learning_rate=0.3)
    plain_trainer().fit(module, datamodule=data)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    (logged,) = plain_trainer().validate(module, datamodule=data, verbose=False)
    assert logged["validation_loss"] == pytest.approx(float(module.best_loss.mean()))
    assert float(module.best_loss.mean()) < float(module.curve[-1].validation_loss.mean())
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert len(module.curve) == 4


@pytest.mark.parametrize("has_validation", [True, False])
def test_losses_are_logged_at_every_check(table: AffinityTable, tmp_path: Path, has_validation: bool) -> None:
    data = AffinityDataModule(table=table, numbers=[0, 5], train_on_validation=not has_validation)
    module = module_of(data)
    plain_trainer(logger=CSVLogger(tmp_path)).fit(module, datamodule=data)
    (file,) = tmp_path.rglob("metrics.csv")
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = {"epoch", "step", "train_loss"} | ({"validation_loss"} if has_validation else set())
    assert set(rows[0]) == names
    assert [int(row["step"]) + 1 for row in rows] == [5, 10, 15, 20]
    for row, point in zip(rows, module.curve, strict=True):
        assert float(row["train_loss"]) == pytest.approx(float(point.train_loss.mean()))
        if has_validation:
            assert float(row["validation_loss"]) == pytest.approx(float(point.validation_loss.mean()))
        else:
            assert math.isnan(point.validation_loss.mean())
    (words,) = tmp_path.rglob("hparams.yaml")
    assert "class_path: lit_models.gravity.GravityVGAE" in words.read_text(encoding="utf-8")


def test_a_fast_dev_run_takes_one_step_and_one_check(data: AffinityDataModule) -> None:
    module = module_of(data, schedule="cosine")
    # It is Lightning that says so.
    warnings.filterwarnings("ignore", message=".*fast_dev_run.*")
    trainer = plain_trainer(fast_dev_run=True)
    trainer.fit(module, datamodule=data)
    assert trainer.global_step == 1
    assert [point.epoch for point in module.curve] == [1]


def test_a_model_without_parameters_is_refused_by_name(data: AffinityDataModule) -> None:
    module = module_of(data, model_factory(load_model("source-mean")))
    with pytest.raises(UserError, match="no parameters to fit"):
        plain_trainer().fit(module, datamodule=data)


NOT_IN_BFLOAT16 = {"source-target-magnet", "source-target-magnet-inductive"}  # complex numbers need 32 bits
# Singular values, scikit-learn, normal noise, a convolution, and a blend that calibrates.
QUICK = {"z-svd1", "extra-trees", "random", "gravity-vgae-dir", "stacked"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in model_names()
        if name not in NOT_IN_BFLOAT16
    ],
)
@pytest.mark.parametrize("precision", ["bf16-true", "bf16-mixed"])
def test_every_model_runs_in_bfloat16(data_of: DataOf, name: str, precision: Any) -> None:
    """Close to float32 after one step; later, which state is kept may differ."""
    config = load_model(name)
    setting: Setting = "transductive"
    z: Z = "none" if config.z == "prompt" else config.z  # the table has no prompts
    try:
        data = data_of(z, setting, config.scale, config.pairs)
        modules = [module_of(data, model_factory(config)) for _ in range(2)]
    except UserError as error:
        pytest.skip(str(error))
    scores = []
    for module, how in zip(modules, ("32-true", precision), strict=True):
        trainer = plain_trainer(precision=how, max_epochs=1, check_val_every_n_epoch=1)
        if module.is_trainable:
            trainer.fit(module, datamodule=data)
        (prediction,) = trainer.predict(module, datamodule=data) or ()
        assert how != "bf16-true" or prediction.scores.dtype == torch.bfloat16
        scores.append(prediction.scores.float())
    exact, narrow = scores
    assert torch.isfinite(narrow).all()
    assert (narrow - exact).abs().mean() < 0.05 * exact.std() + 0.01


def test_a_module_of_other_splits_than_the_datas_is_refused(data: AffinityDataModule) -> None:
    there = [split.number for split in data.splits]
    module = LitRecovery(
        build=GravityVGAE,
        num_tasks=data.num_tasks,
        num_features=data.num_features,
        numbers=[number + 7 for number in there],
    )
    said = f"made for the splits {list(module.numbers)}, and the datamodule has {there}"
    with pytest.raises(UserError, match=re.escape(said)):
        plain_trainer().fit(module, datamodule=data)
    with pytest.raises(UserError, match=re.escape(said)):
        scores_of(module, data)


def test_for_data_takes_sizes_and_numbers_from_the_data_and_the_rest_as_given(
    data: AffinityDataModule,
) -> None:
    given = {"members": 3, "seed": 5, "learning_rate": 0.5, "weight_decay": 0.25, "patience": 4}
    module = LitRecovery.for_data(GravityVGAE, data, schedule="cosine", **given)  # type: ignore[arg-type]
    expected = {
        "num_tasks": data.num_tasks,
        "num_features": data.num_features,
        "numbers": [split.number for split in data.splits],
        "schedule": "cosine",
        **given,
    }
    assert {name: module.hparams[name] for name in expected} == expected
