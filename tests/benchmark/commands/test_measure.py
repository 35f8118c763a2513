"""``affinity-bench measure`` and ``ahp`` as a user types them."""

from pathlib import Path

import pandas as pd
import pytest

from benchmark.cli import main

from ...typed import exit_code

EXAMPLE = Path(__file__).parents[3] / "examples" / "digits_tasks.py"


def command(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    return exit_code(monkeypatch, main, *words)


def test_losses_become_a_matrix_that_can_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    losses = [
        (source, target, sample, (ord(source) - ord("a")) * (1 if target < "d" else -1) + sample % 3)
        for source in "abcd"
        for target in "abcdef"
        for sample in range(9)
    ]
    path, out = tmp_path / "losses.parquet", tmp_path / "new" / "affinity.csv"
    pd.DataFrame(losses, columns=["source", "target", "sample", "loss"]).to_parquet(path)
    assert command(monkeypatch, "ahp", path, "--out", out) == 0
    printed = capsys.readouterr().out
    assert [line.split()[:2] for line in printed.splitlines()[3:9]] == [
        [target, best] for target, best in zip("abcdef", "aaaddd", strict=True)
    ]
    table = pd.read_csv(out)
    assert list(table) == ["source", "target", "value"]
    assert table.groupby("target").value.sum().tolist() == pytest.approx([1.0] * 6)
    assert command(monkeypatch, "data", out) == 0
    before = path.read_bytes()
    assert command(monkeypatch, "ahp", path, "--out", path) == 2
    assert path.read_bytes() == before
    assert command(monkeypatch, "ahp", path, "--out", out, "--log") == 0
    assert (pd.read_csv(out).value < 0).all()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["ahp", "none.parquet"], "none.parquet: there is no such file"),
        (["measure", "--tasks", "none.py"], "none.py: there is no such file"),
        (["measure", "--seeds", "0"], "seeds"),
    ],
)
def test_a_mistake_is_one_message_and_exit_code_2(
    words: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, *words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.slow
def test_the_example_is_measured_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["measure", "--tasks", EXAMPLE, "--out", tmp_path, "--seeds", 2, "--restarts", 1]
    words += ["--train_steps", 300, "--readout_steps", 150]
    assert command(monkeypatch, *words) == 0
    assert "[24/24] repetition 1: transfers onto" in capsys.readouterr().out
    first = (tmp_path / "affinity.csv").read_bytes()
    removed = tmp_path / "repetition-1" / "transfers" / "copy.parquet"
    removed.unlink()
    assert command(monkeypatch, *words) == 0
    printed = capsys.readouterr().out
    assert printed.count("transfers onto") == 1
    assert "transfers onto copy" in printed
    assert (tmp_path / "affinity.csv").read_bytes() == first
    assert {"README.md", "transfers.csv", "tasks.csv", "heat-map.svg", "tree.svg", "asymmetry.svg"} == {
        path.name for path in (tmp_path / "table").iterdir()
    }
