"""Ctrl-C and SIGTERM: out within five seconds, what is done is said, and the same command goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.cli import main

from ...typed import exit_code
from ..command import MODELS, Started, contents, words

LIMIT_SECONDS = 5.0


def interrupt(run: Started, *, number: signal.Signals) -> tuple[str, float]:
    """Signal a run after its first cell, as a terminal would: what it said, and after how many seconds."""
    assert run.process.stdout is not None
    assert any(line.startswith("[1/") for line in run.process.stdout)
    os.killpg(run.process.pid, number)
    seconds = run.wait_until(lambda: run.process.poll() is not None, seconds=30)
    code, _, error = run.finish(seconds=10)
    assert code == 128 + number
    return error, seconds


@pytest.mark.processes
@pytest.mark.parametrize(
    ("number", "name", "more"),
    [
        (signal.SIGINT, "Ctrl-C", ["--workers", "2"]),
        pytest.param(signal.SIGINT, "Ctrl-C", [], marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, "SIGTERM", ["--workers", "2"], marks=pytest.mark.slow),
        pytest.param(signal.SIGTERM, "SIGTERM", [], marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, "Ctrl-C", ["--devices", "2"], marks=pytest.mark.slow),
        pytest.param(signal.SIGINT, "Ctrl-C", ["--launcher", "ray"], marks=pytest.mark.slow),
    ],
)
def test_a_run_stops_says_what_is_done_and_goes_on(
    number: signal.Signals,
    name: str,
    more: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Patience and epochs beyond what a test would wait for. Several workers begin at the end.
    models = MODELS[::-1] if {"--workers", "--launcher"} & {*more} else MODELS
    run = Started(words(tmp_path, "--epochs", "4000", "--members", "32", *more, models=models))
    error, seconds = interrupt(run, number=number)
    assert seconds < LIMIT_SECONDS
    done = len(list(tmp_path.rglob("*.json")))
    stopped = f"affinity-bench: stopped by {name}. {done} of {len(MODELS)} cells are finished and stored in"
    assert stopped in error
    assert "To resume, rerun the same command: finished cells are skipped." in error
    assert "Traceback" not in error, error
    assert not [path for path in contents(tmp_path) if path.endswith(".tmp")]
    again = words(tmp_path, "--epochs", "4000", "--members", "32", models=MODELS[:1])
    assert exit_code(monkeypatch, main, *again[1:]) == 0
    assert "0 written, 1 already there" in capsys.readouterr().out


@pytest.mark.processes
def test_what_does_not_listen_is_ended_all_the_same() -> None:
    """A block that waits in C, as a process does for another one, sees no handler of Python's."""
    script = """
import threading, time
from benchmark.running.interrupt import Stoppable
with Stoppable(lambda: "3 of 7 cells are done."):
    print("ready", flush=True)
    while True:
        try:
            threading.Event().wait()
        except BaseException:
            pass
"""
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    run.send_signal(signal.SIGINT)
    _, error = run.communicate(timeout=LIMIT_SECONDS)
    assert run.returncode == 130
    assert error == "affinity-bench: stopped by Ctrl-C. 3 of 7 cells are done.\n"


@pytest.mark.processes
def test_handlers_are_put_back() -> None:
    script = """
import os, signal
from benchmark.running.interrupt import Stoppable
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
with Stoppable(lambda: ""):
    pass
assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    print("as ever")
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout == "as ever\n"
