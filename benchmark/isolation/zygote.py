"""The process that workers are forked from: it has imported the jobs, and holds no secret and no data.

Started with a clean environment by :class:`benchmark.isolation.worker.Zygote`. It reads one line of JSON per
worker from its input, and answers with two lines: the worker's number, and how it ended. Its first line says
whether workers are isolated on this system.
"""

import json
import os
import select
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmark.isolation.confine import Limits, confine
from benchmark.isolation.jobs import Job, do_job, find_job

POLL_SECONDS = 0.05


def main() -> None:
    """Fork one worker after another, until the input ends."""
    isolated = _can_be_closed()
    print(json.dumps(isolated), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        job = find_job(order["job"])  # imported here, once for all workers
        worker = os.fork()
        if worker == 0:
            _work(job, order, isolated=isolated)
        print(worker, flush=True)
        print(_wait(worker), flush=True)


def _wait(worker: int) -> int:
    """Wait for a worker, or end it if the process that wants its answer has ended."""
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        # Nothing is sent while a worker runs: what can be read is the end of the input.
        if select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
            with suppress(ProcessLookupError):
                os.killpg(worker, 9)
            os._exit(1)


def _can_be_closed() -> bool:
    """Whether workers are isolated here: found in a process without foreign code, which cannot lie."""
    worker = os.fork()
    if worker == 0:
        closed = False
        with suppress(OSError):
            limits = Limits(seconds=0.0, memory_bytes=None, file_bytes=0)
            closed = confine(Path("/"), readable=[], limits=limits, accelerator=False)
        os._exit(0 if closed else 1)
    return os.waitpid(worker, 0)[1] == 0


def _work(job: Job, order: dict[str, Any], *, isolated: bool) -> None:
    """Become a worker: close this process, do the job, and end."""
    try:
        os.setsid()  # so that all of it can be ended at once
        folder = Path(order["folder"])
        os.chdir(folder)
        os.environ.update(HOME=str(folder), TMPDIR=str(folder))
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for stream, target in enumerate((nothing, output, output)):
            os.dup2(target, stream)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sys.path += order["search"]
        closed = confine(
            folder,
            readable=[Path(path) for path in order["readable"]],
            limits=Limits(**order["limits"]),
            accelerator=order["accelerator"],
        )
        if isolated and not closed:
            raise RuntimeError("this worker is not isolated, and others are")
        do_job(job, folder)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()
