"""Smoke: the example passes, and each broken submission is told what is wrong with it, whatever it does."""

from pathlib import Path

import pytest

from benchmark.smoke.checks import CHECKS
from benchmark.smoke.report import Line
from benchmark.smoke.run_checks import LOADS
from benchmark.smoke.supervisor import supervise
from recovery.commands.smoke import smoke

from .broken_submissions import BROKEN, HEAD, NEED_A_PROCESS

EXAMPLE = Path(__file__).parents[3] / "examples/my_recovery_model.py"
NAMES = [LOADS, *(check.name for check in CHECKS)]


def first_failure(file: Path, body: str) -> Line:
    """Of the class Mine; a check that hangs is ended after three seconds."""
    file.write_text(HEAD + body)
    lines = supervise(f"{file}:Mine", limit_seconds=3)
    return next(line for line in lines if isinstance(line, Line) and not line.passed)


# In a process of its own: what needs one, what it leaves behind; slow: what test_check_model.py tries here.
@pytest.mark.parametrize(
    "name",
    [
        *NEED_A_PROCESS,
        "spawns a thread",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("reads a global table", "wrong shape")),
    ],
)
def test_a_broken_submission_is_told_what_to_change(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    line = first_failure(file, BROKEN[name].body)
    assert (line.name, BROKEN[name].says in line.words) == (BROKEN[name].check, True), line
    assert line.change or line.name == "loads"
    assert "Traceback" not in line.words
    if BROKEN[name].says.startswith("`"):
        assert f"{file}, line " in line.words


def test_there_are_fifteen_messages_and_more() -> None:
    assert len({broken.says for broken in BROKEN.values()}) == len(BROKEN) >= 15


def test_the_example_passes_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke(f"{EXAMPLE}:MyRecoveryModel", limit=60.0) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line[6:22].strip() for line in printed[:-1]] == NAMES
    assert all(line.startswith("ok ") for line in printed[:-1])
    assert printed[-1].startswith(f"all {len(NAMES)} checks passed in ")


def test_a_failure_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(HEAD + BROKEN["wrong shape"].body)
    assert smoke(f"{tmp_path / 'mine.py'}:Mine", limit=60.0) == 1
    *_, failed, change, last = capsys.readouterr().out.splitlines()
    assert failed.startswith("FAIL  scores ")
    assert change.strip().startswith("change: return [25, 25]")
    assert last.startswith("1 of 3 checks failed")


def test_own_noise_is_a_mark_and_no_failure(tmp_path: Path) -> None:
    body = (
        "class Mine(Base):\n"
        "    def forward(self, graph):\n"
        "        return nn.functional.dropout(super().forward(graph), 0.2, self.training)\n"
    )
    (tmp_path / "mine.py").write_text(HEAD + body)
    events = supervise(f"{tmp_path / 'mine.py'}:Mine", limit_seconds=60)
    lines = {line.name: line for line in events if isinstance(line, Line)}
    assert [name for name, line in lines.items() if not line.passed] == []
    assert lines["noise"].words.startswith("batch-dependent")
    assert lines["batching"].words.startswith("one replica at a time")
    assert "random" in lines["batching"].words


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["z-svd3", "kernel-ridge", "source-target-dir", "gravity-dir-inductive", "gae-profile", "pmf"]
)
def test_shipped_models_pass(name: str) -> None:
    lines = [line for line in supervise(name, limit_seconds=120) if isinstance(line, Line)]
    assert [line.name for line in lines] == NAMES
    assert [line for line in lines if not line.passed] == []
