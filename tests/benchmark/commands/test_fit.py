"""``affinity-bench fit``: LightningCLI on LitRecovery, and what the names in it stand for."""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from benchmark.commands.fit import fit, spell_out
from datamodules.errors import UserError
from lit_models.registry import load_model
from lit_models.training.lit_recovery import LitRecovery

QUICK = ["--model.members", "2", "--data.numbers", "[0,5]", "--trainer.max_epochs", "10"]
QUICK += ["--trainer.enable_progress_bar", "false", "--trainer.enable_model_summary", "false"]
OF_LIGHTNING = ["state_dict", "hyper_parameters", "optimizer_states", "loops", "pytorch-lightning_version"]

BASE = {
    "data": {
        "class_path": "datamodules.dataset_datamodule.DatasetDataModule",
        "init_args": {"dataset": "taskonomy", "regime": "1k", "z": "none"},
    },
    "trainer": {"max_epochs": 3},
}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["affinity-bench", "fit", "as", "typed"])
    # The four below are Lightning's: it calls methods that jsonargparse renames, says which logger it takes
    # for want of another, that a resumed run has its own folder, and that one on the CPU leaves a GPU alone.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*will use `CSVLogger`.*")
    warnings.filterwarnings("ignore", message=".*dirpath has changed.*")
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    return tmp_path


def printed_config(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    with pytest.raises(SystemExit, match="0"):
        fit(*words, "--print_config")
    config: dict[str, Any] = yaml.safe_load(capsys.readouterr().out)
    return config


def checkpoint_of(capsys: pytest.CaptureFixture[str], *words: str) -> Path:
    assert fit(*words) == 0
    said = capsys.readouterr().out.strip().splitlines()[-1]
    assert said.startswith("checkpoint: ")
    return Path(said.removeprefix("checkpoint: "))


def test_a_run_leaves_a_checkpoint_its_configuration_and_metrics(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["--model.build", "lit_models.gravity.GravityGAE", "--model.build.encoder", "dir"]
    words += ["--data", "DatasetDataModule", "--data.dataset", "taskonomy", "--data.regime", "1k"]
    words += ["--data.z", "metadata"]
    checkpoint = checkpoint_of(capsys, *words, *QUICK)
    folder = tmp_path / "lightning_logs" / "version_0"
    assert checkpoint.parent == folder / "checkpoints"
    module = LitRecovery.load_from_checkpoint(checkpoint)
    assert (module.numbers, module.members) == ((0, 5), 2)
    assert type(module.build_model()).__name__ == "GravityGAE"
    assert module.build_model().encoder_name == "dir"
    assert (module.hparams["num_tasks"], module.hparams["num_features"]) == (25, 7)
    assert (module.origin["regime"], module.origin["z"]) == ("1k", "metadata")
    assert torch.isfinite(module.best_loss).all()
    assert (folder / "metrics.csv").read_text("utf-8").startswith("epoch,step,train_loss,validation_loss\n4,")
    again = checkpoint_of(capsys, "--config", str(folder / "config.yaml"))
    assert again.parent == tmp_path / "lightning_logs" / "version_1" / "checkpoints"
    theirs = LitRecovery.load_from_checkpoint(again)
    assert torch.equal(theirs.best_loss, module.best_loss)


def test_a_run_can_be_resumed(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--model", "gae-dir", "--data", "taskonomy", *QUICK]
    whole = LitRecovery.load_from_checkpoint(checkpoint_of(capsys, *words, "--trainer.max_epochs", "20"))
    half = checkpoint_of(capsys, *words)
    rest = checkpoint_of(capsys, *words, "--trainer.max_epochs", "20", "--ckpt_path", str(half))
    resumed = LitRecovery.load_from_checkpoint(rest)
    assert [point.epoch for point in resumed.curve] == [5, 10, 15, 20]
    assert torch.equal(resumed.best_loss, whole.best_loss)
    for other, differs in (
        (["--data.regime", "1k"], "regime is 16k there and 1k here"),
        (["--model.members", "3"], "members is 2 there and 3 here"),
        (["--model.build.encoder", "gcn"], "build is "),
    ):
        with pytest.raises(UserError, match=f"a checkpoint of another run: {differs}"):
            fit(*words, *other, "--ckpt_path", str(half))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "not a checkpoint of a training run"),
        ({key: {} for key in OF_LIGHTNING}, "of another module than LitRecovery"),
        (None, "not a checkpoint that can be read"),
    ],
)
def test_a_foreign_checkpoint_is_refused(
    content: dict[str, Any] | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "foreign.ckpt"
    path.write_text("junk") if content is None else torch.save(content, path)
    with pytest.raises(UserError, match=message):
        fit("--model", "gae-dir", "--data", "cogtaskonomy", *QUICK, "--ckpt_path", str(path))


def test_a_fast_dev_run_leaves_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    # It is Lightning that says so.
    warnings.filterwarnings("ignore", message=".*fast_dev_run.*")
    assert fit("--model", "gae-dir", "--data", "taskonomy", *QUICK, "--trainer.fast_dev_run", "true") == 0
    assert "checkpoint:" not in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_without_more_words_a_run_is_that_of_the_board(capsys: pytest.CaptureFixture[str]) -> None:
    config = printed_config(capsys, "--model", "gae-dir", "--data", "taskonomy")
    trainer, model = config["trainer"], config["model"]
    assert (trainer["max_epochs"], trainer["check_val_every_n_epoch"]) == (400, 5)
    assert (trainer["use_distributed_sampler"], trainer["num_sanity_val_steps"]) == (False, 0)
    assert trainer["accelerator"] == "cpu"
    assert (model["members"], model["seed"], model["patience"]) == (8, 0, 20)
    assert config["data"]["class_path"] == "datamodules.dataset_datamodule.DatasetDataModule"
    assert config["data"]["init_args"]["dataset"] == "taskonomy"
    assert config["data"]["init_args"]["numbers"] is None


@pytest.mark.parametrize("name", ["gravity-dir+z", "pmf", "extra-trees", "leep", "stacked"])
def test_a_name_stands_for_all_that_its_configuration_says(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    wanted = load_model(name)
    printed = printed_config(capsys, "--model", name, "--data", "medmnist")
    assert printed["model"]["build"]["class_path"] == wanted.class_path
    assert printed["model"]["build"].get("init_args", {}) == wanted.init_args
    training, data = wanted.training, printed["data"]["init_args"]
    for field in ("learning_rate", "weight_decay", "patience", "schedule"):
        assert printed["model"][field] == getattr(training, field)
    assert printed["trainer"]["max_epochs"] == training.epochs
    assert (data["z"], data["scale"], data["pairs"]) == (wanted.z, wanted.scale, wanted.pairs)
    assert data["train_on_validation"] == training.train_on_validation


@pytest.mark.parametrize(
    "words",
    [
        "--trainer.max_epochs=7 --model.learning_rate 0.5 --model=gae-dir+z --data=taskonomy --data.z none",
        "--model gae-dir+z --data taskonomy --data.z none --trainer.max_epochs 7 --model.learning_rate 0.5",
        "--data taskonomy --data.z none --model gae-dir+z --trainer.max_epochs 7 --model.learning_rate 0.5",
        "--config base.yaml --model gae-dir+z --data.z none --trainer.max_epochs 7 --model.learning_rate 0.5",
    ],
)
def test_what_the_user_says_counts_more_than_what_a_name_stands_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str
) -> None:
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(BASE), encoding="utf-8")
    config = printed_config(capsys, *words.split())
    assert config["trainer"]["max_epochs"] == 7
    assert config["model"]["learning_rate"] == 0.5
    assert config["model"]["build"]["init_args"]["encoder"] == "dir"
    assert config["data"]["init_args"]["z"] == "none"


def test_a_name_counts_more_than_a_file_of_defaults(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "base.yaml").write_text(yaml.safe_dump(BASE), encoding="utf-8")
    config = printed_config(capsys, "--config=base.yaml", "--model", "gae-dir+z")
    assert config["trainer"]["max_epochs"] == 400
    assert config["data"]["init_args"]["z"] == "metadata"
    assert config["data"]["init_args"]["regime"] == "1k"


def test_a_model_may_be_a_file_as_in_any_lightning_cli(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = {"build": {"class_path": "lit_models.gae.VGAE", "init_args": {"dim": 3}}, "members": 5}
    (tmp_path / "gae-dir").write_text(yaml.safe_dump(model), encoding="utf-8")
    config = printed_config(capsys, "--model", "gae-dir", "--data", "taskonomy")["model"]
    assert (config["build"]["class_path"], config["build"]["init_args"]["dim"]) == ("lit_models.gae.VGAE", 3)
    assert config["members"] == 5
    assert config["learning_rate"] == 0.02


def test_words_without_names_stay_as_they_are() -> None:
    words = ["--model.build", "a.B", "--data", "c.D", "--data.z=none", "--model", '{"members": 1}', "--model"]
    assert spell_out(words) == words
    assert spell_out([]) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "gae-dri", "--data", "taskonomy"], "unknown model 'gae-dri': did you mean 'gae-dir'"),
        (["--model", "GAE", "--data", "taskonomy"], "Pass a class with --model.build"),
        (
            ["--model", "gae-dir", "--data", "taskonmy"],
            "'taskonmy': did you mean 'taskonomy'",
        ),
        (["--model", "gae-dir", "--data", "taskonomy", "--data.regime", "17k"], "regime '17k'"),
        (
            ["--model", "gae-dir-inductive", "--data", "taskonomy", "--data.z", "none"],
            "task embeddings",
        ),
        (["--model", "z-svd1", "--data", "taskonomy"], "no parameters to fit"),
    ],
)
def test_a_mistake_is_one_message(words: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        fit(*words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--model", "gae-dir"], "data"),
        (["--data", "taskonomy"], "model.build"),
        (["--model", "gae-dir", "--data", "taskonomy", "--trainer.max_epohcs", "3"], "max_epohcs"),
        (["--model", "gae-dir", "--model.build.encoder", "gnc", "--data", "taskonomy"], "gnc"),
        (["--model", "gae-dir", "--model.num_tasks", "3", "--data", "taskonomy"], "num_tasks"),
    ],
)
def test_what_the_parser_refuses_is_exit_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        fit(*words)
    assert message in capsys.readouterr().err
