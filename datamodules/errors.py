"""The exception for users' mistakes, and the error for an unknown name, with a suggestion."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """A mistake in a user's input or request; shown as one message, without a traceback."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UserError:
    """The error for an unknown name, with the closest known name as a suggestion.

    Args:
        kind: what the name refers to, e.g. ``"dataset"``.
        name: the unknown name.
        known: all valid names.

    Returns:
        The exception, for the caller to raise.

    >>> str(unknown_name("dataset", "taskonmy", ["taskonomy", "medmnist"]))
    "unknown dataset 'taskonmy': did you mean 'taskonomy'? Known: medmnist, taskonomy."
    """
    choices = sorted(known)
    near = get_close_matches(name, choices, n=1)
    hint = f" did you mean '{near[0]}'?" if near else ""
    return UserError(f"unknown {kind} '{name}':{hint} Known: {', '.join(choices)}.")
