"""Publishing by the real client to a server of our own: what arrives, once, and what is listed."""

import json
import os
import sys
from pathlib import Path

import pytest

from benchmark.results.files import write_result
from benchmark.results.schema import Place, Result
from benchmark.running.suite import Cell
from leaderboard.cli import main
from leaderboard.tracking.publish import differences
from leaderboard.tracking.wandb_server import RemoteRun

from ...wandb_peer import Peer
from ..conftest import Make
from .conftest import Publish, assert_all_there, content, runs_of

pytestmark = pytest.mark.processes


def test_publishing_twice_makes_each_thing_once(
    peer: Peer, results: Path, publish: Publish, tmp_path: Path
) -> None:
    first = publish()
    assert (first.code, first.err) == (0, "")
    assert "4 runs at me/affinity-bench, 4 uploaded now; all values read back and equal" in first.out
    assert_all_there(peer, results)
    lines = {key: run.streamed_lines for key, run in peer.known.runs.items()}
    (view,) = peer.known.views.values()
    second = publish()
    assert second.code == 0
    assert "4 runs at me/affinity-bench, 0 uploaded now" in second.out
    assert_all_there(peer, results)
    assert {key: run.streamed_lines for key, run in peer.known.runs.items()} == lines
    assert sum(lines.values()) == sum(len(run.record.history) for run in runs_of(results))
    assert [artifact.version for artifact in peer.known.artifacts] == [0]
    assert peer.calls["upsertView"] == 2
    assert view["displayName"] == "AffinityBench leaderboard"
    assert peer.key not in first.out + second.out
    kept = b"".join([*content(tmp_path).values(), *peer.storage.values()])
    assert peer.key.encode() not in kept


def test_the_report_sorts_each_board_and_the_table_has_all_figures(
    peer: Peer, results: Path, publish: Publish
) -> None:
    said = publish("--project", "elsewhere")
    assert said.code == 0, said.err
    (view,) = peer.known.views.values()
    assert view["project"]["name"] == "elsewhere"
    blocks = json.loads(view["spec"])["blocks"]
    headings = [
        (block["level"], block["children"][0]["text"]) for block in blocks if block["type"] == "heading"
    ]
    assert headings[0] == (1, "Vision")
    assert {level for level, _ in headings[1:]} == {2}
    assert "table-of-contents" in [block["type"] for block in blocks]
    grids = [block for block in blocks if block["type"] == "panel-grid"]
    boards = [grid["metadata"]["runSets"][0] for grid in grids]
    local = runs_of(results)
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
    peer: Peer, results: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = runs_of(results)
    said = publish("--dry-run")
    assert said.code == 0
    assert all(run.record.id in said.out for run in local)
    assert "would upload 4 of 4 runs, the table and the report to me/affinity-bench" in said.out
    assert set(peer.calls) <= {"Viewer", "GetDefaultEntity", "ServerFeaturesQuery", "Runs"}
    monkeypatch.delenv("WANDB_API_KEY")
    calls = dict(peer.calls)
    assert "4 of 4 runs" in publish("--dry-run", "--entity", "team").out
    assert dict(peer.calls) == calls


def test_without_a_key_it_says_where_one_is_from(
    peer: Peer, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANDB_API_KEY")
    said = publish()
    assert said.code == 2
    assert "WANDB_API_KEY=... affinity-bench publish" in said.err
    assert peer.calls == {}


def test_every_difference_is_named(ran: Path) -> None:
    run = next(each.record for each in runs_of(ran) if "auc" in each.record.summary)
    rows = len(run.history)
    same = RemoteRun(state="finished", rows=rows, summary=dict(run.summary))
    auc = run.summary["auc"]
    lacking = {key: value for key, value in run.summary.items() if key != "auc"}
    nearly = run.summary | {"auc": float(auc) * (1 + 1e-12)}
    assert differences(run, same) == []
    assert differences(run, RemoteRun(state="finished", rows=rows, summary=nearly)) == []
    assert differences(run, None) == ["not on the server"]
    broken = RemoteRun(state="running", rows=1, summary=lacking | {"extra": "NaN"})
    assert differences(run, broken) == [
        "state is running on the server, finished locally",
        f"history has 1 rows on the server, {rows} locally",
        f"auc is None on the server, {auc} locally",
        "extra is NaN on the server, None locally",
    ]


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
    assert "500 runs at me/affinity-bench, 500 uploaded now" in capfd.readouterr().out
    assert_all_there(peer, out)


@pytest.mark.live
@pytest.mark.skipif("WANDB_API_KEY" not in os.environ, reason="posts to an account: needs its key")
def test_a_real_account_takes_it_and_gives_it_back(publish: Publish) -> None:
    for _ in range(2):
        said = publish("--project", "affinity-bench-live-test")
        assert said.code == 0, said.err
        assert "all values read back and equal" in said.out
