"""Telling of files that are left out, without mixing it with what a command prints."""

import sys


def say_refused(line: str) -> None:
    """Print a line on a file that is left out to standard error.

    Args:
        line: the line.
    """
    print(line, file=sys.stderr)
