"""The process in which a submission is checked; preloaded by the fork server."""

import os
import pkgutil
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from benchmark.smoke.checks import checks_of
from benchmark.smoke.guard import Guard, file_of, limit_memory
from benchmark.smoke.report import Begun, Line
from benchmark.smoke.run_checks import run_checks
from benchmark.smoke.subject import Subject
from lit_models.registry import load_model

# Checks what a word names: word, guard, and what to call with the name of each check before it runs.
CheckWord = Callable[[str, Guard, Callable[[str], None]], Iterator[Line]]


def work(word: str, check: str, report: Connection, output: Connection) -> None:
    """Run all checks of a submission; main function of the process.

    Args:
        word: the submission.
        check: ``module:function`` that checks it.
        report: receives a :class:`Begun` and a :class:`Line` per check.
        output: receives what the submission prints.
    """
    os.setsid()  # so that the parent can end all processes started from here
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    check_word: CheckWord = pkgutil.resolve_name(check)
    limit_memory()
    with Guard(file_of(word)) as guard:
        for line in check_word(word, guard, lambda name: report.send(Begun(name))):
            report.send(line)


def check_model_word(word: str, guard: Guard, begin: Callable[[str], None]) -> Iterator[Line]:
    """Check a model: see :func:`lit_models.registry.load_models` for the word."""
    yield from run_checks(
        lambda: Subject(load_model(word), guard=guard), checks_of, file=guard.file, begin=begin
    )
