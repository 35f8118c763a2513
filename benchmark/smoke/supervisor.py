"""Running checks in a separate process, which may hang, flood the terminal or die."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import wait

from benchmark.smoke.report import Begun, Line

OUTPUT_BYTES = 2**16
START_SECONDS = 120.0  # to import the libraries
OF_MODELS = "benchmark.smoke.child:check_model_word"


def supervise(word: str, *, limit_seconds: float, check: str = OF_MODELS) -> Iterator[Begun | Line]:
    """Check a submission in a separate process.

    Args:
        word: the submission, such as ``path/to/file.py:Class``.
        limit_seconds: time limit of one check.
        check: ``module:function`` that checks it there, see :data:`benchmark.smoke.child.CheckWord`.

    Yields:
        Every check as it starts and as it ends; the last one may have been stopped.
    """
    # The fork server has imported everything, and has neither threads nor the model.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmark.smoke.child", check.partition(":")[0]])
    heard, report = context.Pipe(duplex=False)
    printed, output = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(word, check, report, output), daemon=True)
    process.start()
    report.close()
    output.close()
    current = "loads"
    unfinished = True
    amount = 0
    deadline = time.monotonic() + START_SECONDS
    streams = [heard, printed]
    try:
        while heard in streams:
            ready = wait(streams, timeout=max(0.0, deadline - time.monotonic()))
            if not ready:
                yield Line(
                    current,
                    False,
                    f"it did not end within {limit_seconds:g} s",
                    "look for an infinite loop; if it is only slow, raise the limit with --limit",
                )
                return
            if printed in ready:
                chunk = os.read(printed.fileno(), OUTPUT_BYTES)
                amount += len(chunk)
                if not chunk:
                    streams.remove(printed)
                if amount > OUTPUT_BYTES:
                    last = chunk.decode(errors="replace").strip().splitlines()[-1:] or [""]
                    yield Line(
                        current,
                        False,
                        f"it prints without end: {amount:,} bytes, the last line {last[0][:60]!r}",
                        "remove print() and progress bars: a run calls the model thousands of times",
                    )
                    return
            if heard in ready:
                try:
                    event = heard.recv()
                except EOFError:
                    streams.remove(heard)
                    continue
                deadline = time.monotonic() + limit_seconds
                current = event.name
                unfinished = isinstance(event, Begun)
                yield event
        process.join(timeout=10.0)
        if unfinished:
            yield Line(
                current,
                False,
                f"its process ended unexpectedly (exit code {process.exitcode})",
                "look for os._exit, or for native code that crashes",
            )
    finally:
        with suppress(ProcessLookupError, TypeError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()
        process.join()
        heard.close()
        printed.close()


def _work(word: str, check: str, report: object, output: object) -> None:
    """Import the checks in the other process only: importing torch here would take seconds."""
    from benchmark.smoke.child import work

    work(word, check, report, output)  # type: ignore[arg-type]  # connections, whose class the system decides
