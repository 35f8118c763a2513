"""The process in which a submitted model is checked; imported first by the server that forks it."""

import os
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmark.smoke.forward_checks import FORWARD_CHECKS
from benchmark.smoke.guard import MEMORY_BYTES, Guard, limit_memory
from benchmark.smoke.report import Begun, Line
from benchmark.smoke.subject import CheckError, Subject
from benchmark.smoke.training_checks import TRAINING_CHECKS
from datamodules.errors import UserError
from lit_models.loading.submission import own_line
from lit_models.registry import load_model

NEEDED = ("loads", "builds", "scores")  # without these, nothing else can be said


def work(word: str, report: Connection, output: Connection) -> None:
    """Run all checks of a model; the body of the process.

    Args:
        word: the model, see :func:`lit_models.registry.load_models`.
        report: takes a :class:`Begun` and a :class:`Line` a check.
        output: takes what the model prints.
    """
    os.setsid()  # so that the parent can end whatever is started from here on
    for stream in (1, 2):
        os.dup2(output.fileno(), stream)
    limit_memory()
    guard = Guard(_file_of(word))
    subjects: list[Subject] = []

    def loads() -> str:
        config = load_model(word)
        subjects.append(Subject(config))
        guard.file = subjects[0].file
        return f"{config.name}, from {config.class_path}"

    if not _run("loads", loads, report, guard.file):
        return
    (subject,) = subjects
    checks: dict[str, Callable[[], str]] = {
        **{name: partial(check, subject) for name, check in FORWARD_CHECKS.items()},
        "keeps to itself": guard.check,
        **{name: partial(check, subject) for name, check in TRAINING_CHECKS.items()},
    }
    for name, check in checks.items():
        if not _run(name, check, report, subject.file) and name in NEEDED:
            return


def _run(name: str, check: Callable[[], str], report: Connection, file: str) -> bool:
    report.send(Begun(name))
    try:
        line = Line(name, True, check())
    except UserError as error:
        line = Line(name, False, str(error))  # says itself what to change
    except CheckError as error:
        line = Line(name, False, error.problem, error.change)
    except (Exception, SystemExit) as error:
        if isinstance(error, MemoryError) or "allocate memory" in str(error):
            limit = f"{MEMORY_BYTES // 2**30} GiB"
            line = Line(name, False, f"out of memory: {own_line(error, file)}", f"make do with {limit}")
        else:
            line = Line(name, False, own_line(error, file), "mend the line")
    report.send(line)
    return line.passed


def _file_of(word: str) -> str:
    """The file that is about to be run; known better as soon as it is loaded."""
    return str(Path(word.rpartition(":")[0]).resolve()) if ":" in word else sys.executable
