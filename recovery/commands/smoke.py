"""``affinity-bench smoke``: check in seconds whether a model or a strategy can be benchmarked."""

import time

from jsonargparse.typing import PositiveFloat

from benchmark.reporting.console import make_console, say
from benchmark.smoke.report import Begun, Line, outcome
from benchmark.smoke.supervisor import supervise

CHECK = "recovery.smoke.check_word:check_word"


def smoke(model: str, /, *, limit: PositiveFloat = 20.0) -> int:
    """Check a model or a strategy before benchmarking it: one line per check, and what to change.

    It runs in a separate process, on the CPU, with 4 GiB of memory in addition to the libraries'.

    Args:
        model: a recovery model, set model or plan strategy: file.py:Class, a class path, a model's YAML file
            without lists, or a shipped name; append +z to give a model task embeddings.
        limit: time limit of one check in seconds.

    Returns:
        Exit code: 0, or 1 if a check failed.
    """
    console = make_console()
    started = time.monotonic()
    lines: list[Line] = []
    with console.status("libraries") as status:
        for event in supervise(model, limit_seconds=limit, check=CHECK):
            if isinstance(event, Begun):
                status.update(event.name)
                continue
            lines.append(event)
            say(console, event)
    say(console, f"{outcome(lines)} in {time.monotonic() - started:.1f} s")
    return int(not all(line.passed for line in lines))
