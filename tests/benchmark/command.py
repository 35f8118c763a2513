"""``affinity-bench run`` as a user starts it, with eyes on every process that it starts in turn."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from benchmark.results.files import read_result
from benchmark.results.schema import Result

AFFINITY_BENCH = Path(sys.executable).with_name("affinity-bench")
MARK = "AFFINITY_BENCH_TEST"
NUMBERS = count()
# Cells of every kind, one without anything to train: enough to be killed at very different moments.
# One worker, which starts faster, unless a test asks for more.
CELLS = [
    "--dataset",
    "medmnist",
    "--setting",
    "transductive",
    "--splits",
    "6",
    "--members",
    "2",
    "--epochs",
    "50",
    "--workers",
    "1",
]
MODELS = ["z-svd1", "source-target-dir", "gravity-profile", "gae-profile", "source-target-profile", "gae-dir"]


def words(out: Path, *more: str, models: list[str] = MODELS) -> list[str]:
    """The command line of a run."""
    return [str(AFFINITY_BENCH), "run", *CELLS, "--model", ",".join(models), "--out", str(out), *more]


class Started:
    """A command in a session of its own; its processes carry a mark in their environment."""

    def __init__(self, command: list[str], **environment: str) -> None:
        self.mark = f"{MARK}={os.getpid()}-{next(NUMBERS)}"
        name, value = self.mark.split("=")
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment, name: value},
        )

    def alive(self) -> dict[int, str]:
        """Command lines of all its processes that are still there, by number."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = self.mark.encode() in (folder / "environ").read_bytes().split(b"\0")
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if marked and state != "Z":
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue  # gone meanwhile, or somebody else's
        return found

    def wait_until(self, condition: Callable[[], object], *, seconds: float) -> float:
        """Seconds until a condition holds."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > seconds:
                raise AssertionError(f"not within {seconds} s; running: {self.alive()}")
            time.sleep(0.02)
        return time.monotonic() - started

    def finish(self, *, seconds: float) -> tuple[int, str, str]:
        """Exit code, standard output and error, once all its processes have gone."""
        try:
            output, error = self.process.communicate(timeout=seconds)
            self.wait_until(lambda: not self.alive(), seconds=10)
        finally:
            for number in self.alive():
                os.kill(number, 9)
        return self.process.returncode, output, error


def complete(*arguments: str, seconds: float = 300, **environment: str) -> str:
    """Run a command that has to succeed; what it printed."""
    code, output, error = Started(list(arguments), **environment).finish(seconds=seconds)
    assert code == 0, error
    return output


def contents(out: Path) -> dict[str, Result | bytes]:
    """Every file of an output folder, hidden ones included; of results all but the timing."""
    return {
        str(path.relative_to(out)): (
            read_result(path).model_copy(update={"timing": None})
            if path.suffix == ".json"
            else path.read_bytes()
        )
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }
