"""A command that publishes results of the runner to a server of our own, and what must be there then."""

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.boards.aggregate import find_files
from leaderboard.cli import main
from leaderboard.tracking.publish import Local, local_runs

from ...wandb_peer import Peer

TASKONOMY = find_source("taskonomy")
MODELS = ["z-svd3", "gae-profile", "group-prior"]


class Said:
    """What one command came to: its exit code, and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Publish = Callable[..., Said]


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of three models, one of them with curves and one of them in both settings."""
    out = tmp_path_factory.mktemp("ran")
    cells = cells_of(TASKONOMY, load_suite("default"), models=MODELS)
    for cell in select_applicable(cells, cache(TASKONOMY.read)).cells:
        table = TASKONOMY.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(members=2, epochs=10, numbers=(0, 1, 2))
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)
    return out


@pytest.fixture
def results(ran: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of these results; publishing must leave its files as they are."""
    out = tmp_path / "results"
    shutil.copytree(ran, out)
    before = content(out)
    yield out
    assert content(out) == before


def runs_of(folder: Path) -> list[Local]:
    return local_runs(find_files(folder, refuse=print), refuse=print)


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], results: Path) -> Publish:
    def command(*words: str) -> Said:
        line = ["affinity-bench", "publish", "--results", str(results), *words]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as stop:
            main()
        return Said(int(stop.value.code or 0), *capfd.readouterr())

    return command


def assert_all_there(peer: Peer, results: Path) -> None:
    """Every local run is on the server as it is here, and no other; there is one table and one report."""
    local = runs_of(results)
    there = {name: run for (_, name), run in peer.known.runs.items() if run.about["jobType"] == "cell"}
    assert set(there) == {run.record.id for run in local}
    for each in local:
        run = there[each.record.id]
        assert {key: value for key, value in run.summary.items() if key[0] != "_"} == each.record.summary
        rows = [{key: row[key] for key in row if key[0] != "_"} for _, row in sorted(run.history.items())]
        assert rows == each.record.history
        assert run.state == "finished"
        assert run.about["groupName"] == each.record.group
    assert len(peer.known.views) == 1
    assert {each.state for each in peer.known.artifacts} == {"COMMITTED"}
