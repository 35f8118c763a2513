"""Names that a reader would take for the same task, although they are written differently."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from datamodules.own_matrix.cells import refusal, shown


def check_not_alike(names: Iterable[str], *, path: Path) -> None:
    """Refuse names that differ only by white space, case, Unicode form or characters without width.

    They would be tasks of their own, and the matrix would get twice as many tasks as were meant.

    Args:
        names: the names of sources and targets.
        path: the file.

    Raises:
        UserError: for the first two names that look alike.
    """
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(_key(name), name)
        if other != name:
            raise refusal(
                path,
                f"two names differ only by {_difference(other, name)}: {shown(other)} and {shown(name)}",
                fix="Write a task's name the same way everywhere; if they are two tasks, rename one.",
            )


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(_visible(plain).split())


def _visible(name: str) -> str:
    return "".join(letter for letter in name if unicodedata.category(letter) != "Cf")


def _difference(one: str, other: str) -> str:
    if one.casefold() == other.casefold():
        return "case"
    if "".join(one.split()) == "".join(other.split()):
        return "white space"
    if _visible(one) == _visible(other):
        return "a character that is not visible"
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return "Unicode form"
    return "case, white space or Unicode form"
