"""``affinity-bench smoke``: whether a model can be compared, in seconds."""

import time

from jsonargparse.typing import PositiveFloat
from rich.console import Console

from benchmark.smoke.report import Begun, Line, outcome
from benchmark.smoke.supervisor import supervise


def smoke(model: str, /, *, limit: PositiveFloat = 20.0) -> int:
    """Check a model on a few splits before it is compared: one line per check, and what to change.

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
            console.print(str(event), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{outcome(lines)} in {time.monotonic() - started:.1f} s", highlight=False)
    return int(not all(line.passed for line in lines))
