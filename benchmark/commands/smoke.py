"""``affinity-bench smoke``: whether a model can be compared, in seconds."""

import time

from jsonargparse.typing import PositiveFloat
from rich.console import Console

from benchmark.smoke.report import Begun, Line
from benchmark.smoke.supervisor import supervise


def smoke(model: str, /, *, limit: PositiveFloat = 20.0) -> int:
    """Check a model on a few splits before it is compared: a line a check, and what to change.

    The model runs in a process of its own, on the CPU, with 4 GiB of memory beside the libraries'.

    Args:
        model: file.py:Class, a class path, a YAML file without lists, or the name of a shipped model; +z
            after it gives the model task embeddings.
        limit: seconds after which one check is stopped.

    Returns:
        Exit code: 0, or 1 if a check failed.
    """
    console = Console()  # not the boards', which would import all that the other process does
    started = time.monotonic()
    lines: list[Line] = []
    with console.status("libraries") as status:
        for event in supervise(model, limit_seconds=limit):
            if isinstance(event, Begun):
                status.update(event.name)
                continue
            lines.append(event)
            word = "ok  " if event.passed else "FAIL"
            console.print(
                f"{word}  {event.name:<16}{event.words}", markup=False, highlight=False, soft_wrap=True
            )
            if event.change:
                console.print(f"{'':22}change: {event.change}", markup=False, highlight=False, soft_wrap=True)
    failed = sum(not line.passed for line in lines)
    outcome = f"{failed} of {len(lines)} checks failed" if failed else f"all {len(lines)} checks passed"
    console.print(f"{outcome} in {time.monotonic() - started:.1f} s", highlight=False)
    return int(failed > 0)
