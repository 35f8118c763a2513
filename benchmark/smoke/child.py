"""The process in which a submitted model is checked; preloaded by the fork server."""

import os
from multiprocessing.connection import Connection

from benchmark.smoke.checks import run_checks
from benchmark.smoke.guard import Guard, file_of, limit_memory
from benchmark.smoke.report import Begun
from benchmark.smoke.subject import Subject
from lit_models.registry import load_model


def work(word: str, report: Connection, output: Connection) -> None:
    """Run all checks of a model; main function of the process.

    Args:
        word: the model, see :func:`lit_models.registry.load_models`.
        report: receives a :class:`Begun` and a :class:`Line` per check.
        output: receives what the model prints.
    """
    os.setsid()  # so that the parent can end all processes started from here
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    limit_memory()
    with Guard(file_of(word)) as guard:
        for line in run_checks(
            lambda: Subject(load_model(word), guard=guard),
            file=guard.file,
            begin=lambda name: report.send(Begun(name)),
        ):
            report.send(line)
