"""The one list of checks that a model must pass: of `affinity-bench smoke`, ``check_model`` and our tests."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from benchmark.smoke import forward_checks, training_checks
from benchmark.smoke.guard import MEMORY_BYTES
from benchmark.smoke.report import CheckError, Line
from benchmark.smoke.subject import Subject
from datamodules.errors import UserError
from lit_models.loading.submission import own_line


class Check(NamedTuple):
    """One check.

    Attributes:
        name: what reports call it.
        function: returns what it found in words; raises for what does not hold. The first line of its
            docstring says what must hold.
        needed: without it nothing else can be said.
        measures: it tells seconds or sizes, and never fails.
    """

    name: str
    function: Callable[[Subject], str]
    needed: bool = False
    measures: bool = False

    @property
    def description(self) -> str:
        """What must hold, in one line."""
        return (self.function.__doc__ or "").partition("\n")[0]


def keeps_to_itself(subject: Subject) -> str:
    """It opens no file and no connection and starts no process and no thread."""
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
# Comes before all others: reading the model, which makes the subject that they check.
LOADS = "loads"


def run_checks(
    load: Callable[[], Subject], *, file: str, begin: Callable[[str], None] = lambda _: None
) -> Iterator[Line]:
    """Run all checks of a model.

    Args:
        load: reads the model.
        file: the user's file, whose lines messages quote until the model is read.
        begin: is told the name of each check before it runs.

    Yields:
        What came of each; the last is the first failure of a check that is needed, if there is one.
    """
    subjects: list[Subject] = []

    def loads() -> str:
        subjects.append(load())
        config = subjects[0].config
        return f"{config.name}, from {config.class_path}"

    begin(LOADS)
    yield _line(LOADS, loads, file)
    for subject in subjects:
        for check in CHECKS:
            begin(check.name)
            line = _line(check.name, partial(check.function, subject), subject.file)
            yield line
            if check.needed and not line.passed:
                return


def _line(name: str, check: Callable[[], str], file: str) -> Line:
    try:
        return Line(name, True, check())
    except UserError as error:
        return Line(name, False, str(error))  # says itself what to change
    except CheckError as error:
        return Line(name, False, error.problem, error.change)
    except (Exception, SystemExit) as error:
        if isinstance(error, MemoryError) or "allocate memory" in str(error):
            limit = f"{MEMORY_BYTES // 2**30} GiB"
            return Line(name, False, f"out of memory: {own_line(error, file)}", f"make do with {limit}")
        return Line(name, False, own_line(error, file), "mend the line")
