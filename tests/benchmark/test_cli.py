"""The command as a user types it, in a process of its own where that matters."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.cli import COMMANDS, main
from benchmark.results.files import read_result

from ..typed import exit_code

QUICK = ["--splits", "3", "--members", "2", "--epochs", "5", "--workers", "1"]


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    return exit_code(monkeypatch, main, *words)


def test_run_writes_prints_and_then_reuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--dataset", "taskonomy", "--model", "z-svd1,gravity-profile", "--out", str(tmp_path)]
    words += ["--setting", "transductive", *QUICK]
    assert command(monkeypatch, *words) == 0
    first = capsys.readouterr().out
    assert "2 cells expected, 2 written, 0 already there: 2 ok" in first
    assert "gravity-profile" in first
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert command(monkeypatch, *words) == 0
    assert "2 cells expected, 0 written, 2 already there" in capsys.readouterr().out
    assert files == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    assert command(monkeypatch, *words, "--force") == 0
    assert "2 written, 0 already there" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--dataset", "taskonmy"], "unknown dataset 'taskonmy': did you mean 'taskonomy'?"),
        (["--dataset", "taskonomy", "--model", "z-svd4"], "unknown model 'z-svd4'"),
        (["--dataset", "taskonomy", "--suite", "ful"], "did you mean 'full'?"),
        (["--dataset", "taskonomy", "--splits", "99", "--model", "z-svd1"], "there is no split 21"),
        (["--dataset", "taskonomy", "--members", "0"], "members"),
        (["--dataset", "taskonomy", "--epochs", "few"], "epochs"),
        ([], "dataset"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command(monkeypatch, "run", *words, "--out", str(tmp_path)) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_a_failed_cell_makes_exit_code_1_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("lit_models.low_rank.ZSVD.forward", crash)
    words = ["--dataset", "taskonomy", "--model", "z-svd1,group-prior", "--setting", "transductive"]
    assert command(monkeypatch, "run", *words, "--out", str(tmp_path), *QUICK) == 1
    printed = capsys.readouterr().out
    assert "1 failed, 1 ok" in printed
    assert "RuntimeError: on purpose" in printed


def test_without_a_command_it_says_which_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch) == 2
    assert f"{{{','.join(COMMANDS)}}}" in capsys.readouterr().err
    assert command(monkeypatch, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "run Run recovery models on a dataset, write one result file per cell, and print the board." in shown
    )
    assert "data List the datasets" in shown


@pytest.mark.parametrize(
    ("word", "message"),
    [("rum", "unknown command 'rum': did you mean 'run'? Known: ahp, "), ("--force", "--force")],
)
def test_an_unknown_command_is_exit_code_2(
    word: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, word, "--dataset", "taskonomy") == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.processes
def test_the_list_of_commands_waits_for_no_library() -> None:
    """Every other command loads torch, which takes seconds."""
    script = "import sys; from benchmark.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = run.stdout.splitlines()[-1].split()
    assert "benchmark.cli" in loaded
    assert not {"torch", "pandas", "pytorch_lightning"} & {*loaded}


def hand_over(*words: str) -> int:
    """Print what came."""
    print(words)
    return 5


def test_another_package_may_bring_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "elsewhere", sys.modules[__name__])
    monkeypatch.setattr(sys, "argv", ["affinity-bench", "mine", "--dataset", "x"])
    with pytest.raises(SystemExit, match="5"):
        main({**COMMANDS, "mine": "elsewhere:hand_over"})
    assert capsys.readouterr().out == "('--dataset', 'x')\n"


@pytest.mark.slow  # the default tests compare processes in running/test_equality.py
@pytest.mark.processes
def test_two_processes_score_each_split_as_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["run", "--dataset", "taskonomy", "--model", "source-target-dir,group-prior", *QUICK]
    words += ["--setting", "transductive", "--out"]
    folders = [tmp_path / "one", tmp_path / "two"]
    assert command(monkeypatch, *words, str(folders[0])) == 0
    script = Path(sys.executable).with_name("affinity-bench")
    run = subprocess.run(
        [script, *words, folders[1], "--devices", "2"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "2 cells expected, 2 written" in run.stdout
    for name in ("source-target-dir", "group-prior"):
        one, two = (
            read_result(folder / "taskonomy/16k-ahp/transductive-1of3" / f"{name}.json") for folder in folders
        )
        assert one.data == two.data
        assert two.metrics["spearman"].per_split == pytest.approx(one.metrics["spearman"].per_split, abs=1e-3)
