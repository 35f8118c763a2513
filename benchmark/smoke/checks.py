"""The checks that every model must pass, shared by `affinity-bench smoke`, ``check_model`` and our tests."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from benchmark.smoke import forward_checks, set_checks, training_checks
from benchmark.smoke.guard import MEMORY_BYTES
from benchmark.smoke.report import CheckError, Line
from benchmark.smoke.subject import Subject
from datamodules.errors import UserError
from lit_models.loading.submission import own_line
from lit_models.sets.registry import is_set_model


class Check(NamedTuple):
    """One check.

    Attributes:
        name: name of the check in reports.
        function: returns a description of what it found; raises if the check fails. The first line of its
            docstring states what must hold.
        needed: later checks depend on it.
        measures: it reports times or sizes, and never fails.
    """

    name: str
    function: Callable[[Subject], str]
    needed: bool = False
    measures: bool = False

    @property
    def description(self) -> str:
        """One line that states what must hold."""
        return (self.function.__doc__ or "").partition("\n")[0]


def keeps_to_itself(subject: Subject) -> str:
    """The model opens no files or connections, and starts no processes or threads."""
    return subject.guard.check()


CHECKS = (
    Check("builds", forward_checks.builds, needed=True),
    Check("scores", forward_checks.scores, needed=True),
    Check("objective", forward_checks.objective),
    Check("settings", forward_checks.settings),
    Check("empty", forward_checks.empty),
    Check("input", forward_checks.leaves_input),
    Check("generators", forward_checks.leaves_generators),
    Check("renaming", forward_checks.renaming),
    Check("gradient", forward_checks.gradient),
    Check("direction", forward_checks.direction),
    Check("keeps to itself", keeps_to_itself),
    Check("loss", training_checks.learns),
    Check("ranking", training_checks.ranks),
    Check("deterministic", training_checks.deterministic),
    Check("hidden values", training_checks.hidden),
    Check("noise", training_checks.noise),
    Check("batching", training_checks.batched, measures=True),
    Check("cost", training_checks.cost, measures=True),
)
# What need not hold of single transfers where sets are what a model is for.
_NOT_OF_SETS = ("gradient", "direction", "loss", "ranking")
# Of models that score sets.
SET_CHECKS = (
    *(check for check in CHECKS if check.name not in _NOT_OF_SETS),
    Check("sets", set_checks.scores_sets, needed=True),
    Check("gradient of sets", set_checks.gradient_of_sets),
    Check("order of sets", set_checks.sets_in_any_order),
    Check("hidden sets", set_checks.hidden_sets_stay_hidden),
)
# The first check, which loads the model and makes the subject of the others.
LOADS = "loads"


def run_checks(
    load: Callable[[], Subject], *, file: str, begin: Callable[[str], None] = lambda _: None
) -> Iterator[Line]:
    """Run all checks of a model.

    Args:
        load: loads the model.
        file: the user's file, quoted in messages until the model is loaded.
        begin: called with the name of each check before it runs.

    Yields:
        The outcome of each check; stops after the failure of a needed check.
    """
    subjects: list[Subject] = []

    def loads() -> str:
        subjects.append(load())
        config = subjects[0].config
        return f"{config.name}, from {config.class_path}"

    begin(LOADS)
    yield _line(LOADS, loads, file)
    for subject in subjects:
        for check in SET_CHECKS if is_set_model(subject.config) else CHECKS:
            begin(check.name)
            line = _line(check.name, partial(check.function, subject), subject.file)
            yield line
            if check.needed and not line.passed:
                return


def _line(name: str, check: Callable[[], str], file: str) -> Line:
    try:
        return Line(name, True, check())
    except UserError as error:
        return Line(name, False, str(error))  # the message says what to change
    except CheckError as error:
        return Line(name, False, error.problem, error.change)
    except (Exception, SystemExit) as error:
        if isinstance(error, MemoryError) or "allocate memory" in str(error):
            limit = f"{MEMORY_BYTES // 2**30} GiB"
            return Line(name, False, f"out of memory: {own_line(error, file)}", f"use at most {limit}")
        return Line(name, False, own_line(error, file), "fix the line")
