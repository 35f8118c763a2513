"""A command line as a user types it, in this process."""

import sys
from collections.abc import Callable

import pytest


def exit_code(monkeypatch: pytest.MonkeyPatch, main: Callable[[], None], *words: object) -> int:
    """What ``affinity-bench`` with these words behind it exits with."""
    monkeypatch.setattr(sys, "argv", ["affinity-bench", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)
