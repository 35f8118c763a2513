"""Running checks one after the other: what every kind of submission is checked by."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

from benchmark.smoke.guard import MEMORY_BYTES
from benchmark.smoke.report import CheckError, Line
from datamodules.errors import UserError
from lit_models.loading.submission import own_line

# The first check, which loads the submission and makes the subject of the others.
LOADS = "loads"


class Checked(Protocol):
    """A submission, and what it is checked on."""

    @property
    def file(self) -> str:
        """The user's file, quoted in messages."""

    @property
    def title(self) -> str:
        """What it is."""


SubjectT = TypeVar("SubjectT", bound=Checked)


class Check(NamedTuple, Generic[SubjectT]):
    """One check.

    Attributes:
        name: name of the check in reports.
        function: returns a description of what it found; raises if the check fails. The first line of its
            docstring states what must hold.
        needed: later checks depend on it.
        measures: it reports times or sizes, and never fails.
    """

    name: str
    function: Callable[[SubjectT], str]
    needed: bool = False
    measures: bool = False

    @property
    def description(self) -> str:
        """One line that states what must hold."""
        return (self.function.__doc__ or "").partition("\n")[0]


def run_checks(
    load: Callable[[], SubjectT],
    checks_of: Callable[[SubjectT], Sequence[Check[SubjectT]]],
    *,
    file: str,
    begin: Callable[[str], None] = lambda _: None,
) -> Iterator[Line]:
    """Run all checks of a submission.

    Args:
        load: loads it.
        checks_of: the checks that it must pass.
        file: the user's file, quoted in messages until it is loaded.
        begin: called with the name of each check before it runs.

    Yields:
        The outcome of each check; stops after the failure of a needed check.
    """
    subjects: list[SubjectT] = []

    def loads() -> str:
        subjects.append(load())
        return subjects[0].title

    begin(LOADS)
    yield _line(LOADS, loads, file)
    for subject in subjects:
        for check in checks_of(subject):
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
