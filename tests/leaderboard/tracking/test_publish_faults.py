"""A server in trouble: one clear error in time, results as they were, and a next publish that completes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ...wandb_peer import Peer
from .conftest import Publish, assert_all_there, runs_of

pytestmark = [pytest.mark.processes, pytest.mark.slow]


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


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        pytest.param(is_down, "cannot be reached ([Errno 111] Connection refused)", id="refused"),
        pytest.param(answers(401), "HTTP 401", id="401"),
        pytest.param(answers(403), "HTTP 403", id="403"),
        pytest.param(answers(500), "HTTP 500", id="500"),
        pytest.param(answers(500, "file_stream"), "uploading gae-profile", id="500-stream"),
        pytest.param(answers(500, "upsertView"), "saving the report", id="500-report"),
        pytest.param(dies_while_sending, "uploading gae-profile", id="killed"),
    ],
)
def test_a_server_in_trouble_is_one_error_in_time_and_the_next_publish_completes(
    break_it: Callable[[Peer], None],
    message: str,
    peer: Peer,
    results: Path,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_it(peer)
    started = time.monotonic()
    said = publish()
    assert time.monotonic() - started < 60
    assert said.code == 2
    assert message in said.err
    assert "Local results are unchanged" in said.err
    assert "Traceback" not in said.err
    assert peer.key not in said.out + said.err
    peer.fault = lambda _: None
    if not peer.is_up:
        peer.start_again()
        monkeypatch.setenv("WANDB_BASE_URL", peer.url)
    assert publish().code == 0
    assert_all_there(peer, results)


def test_a_disk_without_space_for_staging_is_an_error_that_says_so(
    peer: Peer, results: Path, publish: Publish, tmp_path: Path
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
    assert "Free some space, or set TMPDIR to another folder" in done.stderr
    assert "Traceback" not in done.stderr
    assert publish().code == 0
    assert_all_there(peer, results)


def test_a_lie_about_a_value_is_an_error_that_names_run_and_key(
    peer: Peer, results: Path, publish: Publish
) -> None:
    peer.known.lies = {"recall@3": 0.125}
    said = publish()
    assert said.code == 2
    local = [run for run in runs_of(results) if "recall@3" in run.record.summary]
    assert f"{len(local)} of 4 runs at me/affinity-bench differ from the result files" in said.err
    for run in local:
        assert (
            f"run {run.record.id}): recall@3 is 0.125 on the server, {run.record.summary['recall@3']}"
            in said.err
        )
    peer.known.lies = {}
    for run in peer.known.runs.values():  # as a client that was killed, or an older result, leaves it
        run.summary["stale"] = run.summary.pop("spearman", 0)
        run.history = dict(list(run.history.items())[:-1])
    assert publish().code == 0
    assert_all_there(peer, results)
