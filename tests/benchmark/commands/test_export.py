"""``affinity-bench export``, as typed after ``affinity-bench fit``."""

import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch

from benchmark.cli import main
from datamodules.dataset_datamodule import DatasetDataModule
from lit_models.base import RecoveryModel
from lit_models.training.export import export_member, read_member
from lit_models.training.lit_recovery import LitRecovery

from ...typed import exit_code


@pytest.fixture(scope="module", params=[1, pytest.param(2, marks=pytest.mark.slow)])
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a training in one process, or of a command that shares it out to two."""
    folder = tmp_path_factory.mktemp("fit")
    words = ["fit", "--model", "gravity-dir", "--data", "taskonomy", "--data.numbers", "[0,3,7]"]
    words += ["--model.members", "2", "--trainer.max_epochs", "20", "--trainer.devices", str(request.param)]
    if request.param == 1:
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.chdir(folder)
            assert typed(monkeypatch, *words) == 0
        (path,) = folder.rglob("*.ckpt")
        return path
    script = Path(sys.executable).with_name("affinity-bench")
    done = subprocess.run(
        [script, *words], cwd=folder, capture_output=True, text=True, timeout=180, check=True
    )
    (path,) = folder.rglob("*.ckpt")
    assert done.stdout.count(f"checkpoint: {path}") == 1
    return path


def typed(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    # These are Lightning's: it builds the module by methods that jsonargparse renames, says which logger it
    # takes for want of another, and that a GPU is left alone.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*will use `CSVLogger`.*")
    warnings.filterwarnings("ignore", message=".*GPU available but not used.*")
    return exit_code(monkeypatch, main, *words)


def validation_loss(model: RecoveryModel, number: int) -> float:
    data = DatasetDataModule(dataset="taskonomy", numbers=[number])
    mask, value = data.episode(0, stage="fit").validation
    with torch.no_grad():
        scores = model(data.episode(0, stage="predict").graph)
    return float(((scores - value)[mask] ** 2).mean())


def test_a_member_of_a_checkpoint_becomes_a_plain_model(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [checkpoint, "--split", "7", "--member", "1", "--out", "out/model.pt"]
    assert typed(monkeypatch, "export", *words) == 0
    said = capsys.readouterr().out
    assert "out/model.pt and out/model.json: split 7, member 1 of lit_models.gravity.GravityGAE" in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["model.json", "model.pt"]
    model, card = read_member(tmp_path / "out" / "model.pt")
    assert (card.split, card.member, card.origin["dataset"]) == (7, 1, "taskonomy")
    assert validation_loss(model, 7) == pytest.approx(card.validation_loss)


def test_a_checkpoint_holds_the_best_states_of_all_processes(checkpoint: Path) -> None:
    # Lightning builds the module by a method that jsonargparse renames.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    module = LitRecovery.load_from_checkpoint(checkpoint)
    for position, number in enumerate(module.numbers):
        for member in range(module.members):
            model = export_member(module, split=number, member=member)
            loss = float(module.best_loss[position, member])
            assert validation_loss(model, number) == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{}", "--split", "1", "--out", "m.pt"], "split 1 was not trained: there are 0, 3, 7"),
        (["{}", "--member", "2", "--out", "m.pt"], "member 2 was not trained: there are 0, 1"),
        (["{}", "--member", "-1", "--out", "m.pt"], "member"),
        (["{}", "--out", "m.json"], "name it .pt"),
        (["no.ckpt", "--out", "m.pt"], "no.ckpt: no such file"),
        (["photo.ckpt", "--out", "m.pt"], "photo.ckpt: not a loadable checkpoint"),
        (["{}"], "out"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    words: list[str],
    message: str,
    checkpoint: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("photo.ckpt").write_bytes(b"\x89PNG\r\n")
    assert typed(monkeypatch, "export", *(word.format(checkpoint) for word in words)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not Path("m.pt").exists()
