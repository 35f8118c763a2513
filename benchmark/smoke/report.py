"""Reports of checks: start, outcome, and the error that marks a failure."""

from collections.abc import Sequence
from typing import NamedTuple


class CheckError(Exception):
    """A check failed.

    Args:
        problem: what is wrong.
        change: what to change.
    """

    def __init__(self, problem: str, change: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.change = change


class Begun(NamedTuple):
    """A check starts."""

    name: str


class Line(NamedTuple):
    """The outcome of a check.

    Attributes:
        name: name of the check.
        passed: whether it passed.
        words: what was found.
        change: what to change if it failed.
    """

    name: str
    passed: bool
    words: str
    change: str = ""

    def __str__(self) -> str:
        change = f"\n{'':22}change: {self.change}" if self.change else ""
        return f"{'ok  ' if self.passed else 'FAIL'}  {self.name:<16}{self.words}{change}"


def outcome(lines: Sequence[Line]) -> str:
    """One line with the number of failed checks."""
    failed = sum(not line.passed for line in lines)
    return f"{failed} of {len(lines)} checks failed" if failed else f"all {len(lines)} checks passed"
