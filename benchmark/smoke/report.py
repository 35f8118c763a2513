"""What the checking process tells the one that started it."""

from typing import NamedTuple


class Begun(NamedTuple):
    """A check starts."""

    name: str


class Line(NamedTuple):
    """What came of a check.

    Attributes:
        name: of the check.
        passed: whether it holds.
        words: what was found.
        change: what to change if it does not hold.
    """

    name: str
    passed: bool
    words: str
    change: str = ""
