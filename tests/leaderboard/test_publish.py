"""Publishing by the real client to a server of our own: what arrives, once, and what an error says."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmark.results import Place, Result, write_result
from benchmark.runner import CellRun, Effort
from benchmark.suite import Cell, cells_of, load_suite
from benchmark.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.cli import main
from leaderboard.publish import differences, local_runs
from leaderboard.wandb_server import RemoteRun

from ..wandb_peer import Peer
from .conftest import Make

TASKONOMY = find_source("taskonomy")
PROJECT = "affinity-bench"
MODELS = ["z-svd3", "gae-profile"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of two models in both settings, one of them with curves and one unsupported."""
    out = tmp_path_factory.mktemp("ran")
    for cell in cells_of(TASKONOMY, load_suite("default"), models=MODELS):
        table = TASKONOMY.read(regime=cell.place.regime, label=cell.place.label)
        effort = Effort(members=2, epochs=10, numbers=(0, 1, 2))
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


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


class Said:
    """What one command came to: its exit code, and what it printed."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def publish(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], results: Path
) -> Callable[..., Said]:
    def command(*words: str) -> Said:
        line = ["affinity-bench", "publish", "--results", str(results), *words]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as stop:
            main()
        return Said(int(stop.value.code or 0), *capfd.readouterr())

    return command


def assert_all_there(peer: Peer, results: Path) -> None:
    """Every local run is on the server as it is here, and no other; there is one table and one report."""
    local = local_runs(results)
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


def test_publishing_twice_makes_each_thing_once(
    peer: Peer, results: Path, publish: Callable[..., Said], tmp_path: Path
) -> None:
    first = publish()
    assert (first.code, first.err) == (0, "")
    assert "4 runs at me/affinity-bench, 4 sent now; every value read back and equal" in first.out
    assert_all_there(peer, results)
    lines = {key: run.streamed_lines for key, run in peer.known.runs.items()}
    (view,) = peer.known.views.values()
    second = publish()
    assert second.code == 0
    assert "4 runs at me/affinity-bench, 0 sent now" in second.out
    assert_all_there(peer, results)
    assert {key: run.streamed_lines for key, run in peer.known.runs.items()} == lines
    assert sum(lines.values()) == sum(len(run.record.history) for run in local_runs(results))
    assert [artifact.version for artifact in peer.known.artifacts] == [0]
    assert peer.calls["upsertView"] == 2
    assert view["displayName"] == "AffinityBench leaderboard"
    assert peer.key not in first.out + second.out
    kept = b"".join([*content(tmp_path).values(), *peer.storage.values()])
    assert peer.key.encode() not in kept


def test_the_report_sorts_each_board_and_the_table_has_all_figures(
    peer: Peer, results: Path, publish: Callable[..., Said]
) -> None:
    assert publish("--project", "elsewhere").code == 0
    (view,) = peer.known.views.values()
    assert view["project"]["name"] == "elsewhere"
    grids = [block for block in json.loads(view["spec"])["blocks"] if block["type"] == "panel-grid"]
    boards = [grid["metadata"]["runSets"][0] for grid in grids]
    local = local_runs(results)
    assert [board["name"] for board in boards] == list(dict.fromkeys(run.record.group for run in local))
    for board in boards:
        (key,) = board["sort"]["keys"]
        assert key == {"key": {"section": "summary", "name": "spearman"}, "ascending": False}
        wanted = {run.record.id for run in local if run.record.group == board["name"]}
        assert all(run_id in json.dumps(board["filters"]) for run_id in wanted)
    (path,) = [path for path in peer.storage if path.endswith("leaderboard.table.json")]
    table = json.loads(peer.storage[path])
    column = table["columns"].index
    rows = {(row[column("board")], row[column("model")]): row for row in table["data"]}
    for run in local:
        row = rows[run.record.group, run.record.name]
        told = {key: row[column(key)] for key in table["columns"][4:] if row[column(key)] is not None}
        assert told == run.record.summary


def test_a_dry_run_lists_what_is_missing_and_sends_nothing(
    peer: Peer, results: Path, publish: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    local = local_runs(results)
    said = publish("--dry-run")
    assert said.code == 0
    assert all(run.record.id in said.out for run in local)
    assert "4 of 4 runs, the table and the report would go to me/affinity-bench" in said.out
    assert set(peer.calls) <= {"Viewer", "GetDefaultEntity", "ServerFeaturesQuery", "Runs"}
    monkeypatch.delenv("WANDB_API_KEY")
    calls = dict(peer.calls)
    assert "4 of 4 runs" in publish("--dry-run", "--entity", "team").out
    assert dict(peer.calls) == calls


def test_without_a_key_it_says_where_one_is_from(
    peer: Peer, publish: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANDB_API_KEY")
    said = publish()
    assert said.code == 2
    assert "WANDB_API_KEY=... affinity-bench publish" in said.err
    assert peer.calls == {}


@pytest.mark.slow
def test_a_lie_about_a_value_is_an_error_that_names_run_and_key(
    peer: Peer, results: Path, publish: Callable[..., Said]
) -> None:
    peer.known.lies = {"recall@3": 0.125}
    said = publish()
    assert said.code == 2
    local = [run for run in local_runs(results) if "recall@3" in run.record.summary]
    assert f"{len(local)} of 4 runs at me/affinity-bench are not what the result files say" in said.err
    for run in local:
        assert (
            f"run {run.record.id}): recall@3 is 0.125 there and {run.record.summary['recall@3']}" in said.err
        )
    peer.known.lies = {}
    for run in peer.known.runs.values():  # as a client that was killed, or an older result, leaves it
        run.summary["stale"] = run.summary.pop("spearman", 0)
        run.history = dict(list(run.history.items())[:-1])
    assert publish().code == 0
    assert_all_there(peer, results)


def test_every_difference_is_named(ran: Path) -> None:
    run = local_runs(ran)[0].record
    rows = len(run.history)
    same = RemoteRun(state="finished", rows=rows, summary=dict(run.summary))
    auc = run.summary["auc"]
    lacking = {key: value for key, value in run.summary.items() if key != "auc"}
    nearly = run.summary | {"auc": float(auc) * (1 + 1e-12)}
    assert differences(run, same) == []
    assert differences(run, RemoteRun(state="finished", rows=rows, summary=nearly)) == []
    assert differences(run, None) == ["is not there"]
    broken = RemoteRun(state="running", rows=1, summary=lacking | {"extra": "NaN"})
    assert differences(run, broken) == [
        "is running there instead of finished",
        f"has 1 rows of history there instead of {rows}",
        f"auc is None there and {auc} here",
        "extra is NaN there and None here",
    ]


def dies_while_sending(peer: Peer) -> None:
    def fault(call: str) -> None:
        if call == "file_stream" and peer.calls[call] == 2:
            peer.stop()

    peer.fault = fault


def answers(status: int, *calls: str) -> Callable[[Peer], None]:
    def break_it(peer: Peer) -> None:
        peer.fault = lambda call: status if not calls or call in calls else None

    return break_it


def is_down(peer: Peer) -> None:
    peer.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        pytest.param(is_down, "cannot be reached ([Errno 111] Connection refused)", id="refused"),
        pytest.param(answers(401), "returned error 401", id="401"),
        pytest.param(answers(403), "returned error 403", id="403"),
        pytest.param(answers(500), "asking whose key this is", id="500"),
        pytest.param(answers(500, "file_stream"), "sending gae-profile", id="500-stream"),
        pytest.param(answers(500, "upsertView"), "saving the report", id="500-report"),
        pytest.param(dies_while_sending, "sending gae-profile", id="killed"),
    ],
)
def test_a_server_in_trouble_is_one_error_in_time_and_the_next_publish_completes(
    break_it: Callable[[Peer], None],
    message: str,
    peer: Peer,
    results: Path,
    publish: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_it(peer)
    started = time.monotonic()
    said = publish()
    assert time.monotonic() - started < 60
    assert said.code == 2
    assert message in said.err
    assert "Local results are as they were" in said.err
    assert "Traceback" not in said.err
    assert peer.key not in said.out + said.err
    peer.fault = lambda _: None
    if not peer.is_up:
        peer.start_again()
        monkeypatch.setenv("WANDB_BASE_URL", peer.url)
    assert publish().code == 0
    assert_all_there(peer, results)


@pytest.mark.slow
def test_a_disk_without_space_for_staging_is_an_error_that_says_so(
    peer: Peer, results: Path, publish: Callable[..., Said], tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    inner = 'mount -t tmpfs -o size=64k none "$TMPDIR" && exec "$0" publish --results "$1"'
    words = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inner]
    if subprocess.run([*words[:4], "true"], check=False, capture_output=True).returncode:
        pytest.skip("this kernel lets no one but root mount a small file system")
    command = [*words, str(Path(sys.executable).with_name("affinity-bench")), str(results)]
    started = time.monotonic()
    done = subprocess.run(
        command, env=os.environ | {"TMPDIR": str(small)}, capture_output=True, text=True, check=False
    )
    assert time.monotonic() - started < 60
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Make space, or name another folder in TMPDIR" in done.stderr
    assert "Traceback" not in done.stderr
    assert publish().code == 0
    assert_all_there(peer, results)


@pytest.mark.slow
def test_five_hundred_cells_are_five_hundred_runs(
    peer: Peer, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "many"
    for number in range(500):
        place = Place(dataset=f"d{number % 10}", regime="r", label="l", setting="inductive", mask=None)
        result: Result = make(f"model-{number}", (number / 500, 0.5, None)).model_copy(
            update={"place": place}
        )
        write_result(result, Cell(place=place, model=result.model.config).path(out), tables={})
    monkeypatch.setattr(sys, "argv", ["affinity-bench", "publish", "--results", str(out)])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert "500 runs at me/affinity-bench, 500 sent now" in capfd.readouterr().out
    assert_all_there(peer, out)


@pytest.mark.live
@pytest.mark.skipif("WANDB_API_KEY" not in os.environ, reason="posts to an account: needs its key")
def test_a_real_account_takes_it_and_gives_it_back(publish: Callable[..., Said]) -> None:
    for _ in range(2):
        said = publish("--project", "affinity-bench-live-test")
        assert said.code == 0, said.err
        assert "every value read back and equal" in said.out
