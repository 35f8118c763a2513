"""Opening files that others made: regular files of bounded size, and errors of one line."""

import os
import stat
from pathlib import Path

from datamodules.errors import UserError

# Windows has neither, but there text is changed unless a file is opened as binary.
NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class RefusedFileError(UserError):
    """A file that is not what it should be; the message is one line and begins with its path.

    Attributes:
        reason: the message without the path.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = in_one_line(reason)
        super().__init__(f"{in_one_line(path)}: {self.reason}")


def in_one_line(words: object, *, length: int = 400) -> str:
    r"""Text from a file, on one line, cut, with what cannot be printed escaped.

    Args:
        words: what to show.
        length: most characters.

    Returns:
        Printable text.

    >>> in_one_line("a\n\udc80\u2028b")
    'a \\udc80 b'
    """
    text = " ".join(str(words).split())
    text = text if len(text) <= length else f"{text[: length - 1]}…"
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def read_regular(path: Path, *, max_bytes: int) -> bytes:
    """Read a file that may be anything.

    Args:
        path: the file.
        max_bytes: most bytes.

    Returns:
        Its contents.

    Raises:
        RefusedFileError: for a folder, pipe or device, a link to nowhere, a file that is too large, or one
            that cannot be read.
    """
    try:
        # A pipe that nobody writes to is opened without waiting.
        descriptor = os.open(path, os.O_RDONLY | NO_WAITING)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise RefusedFileError(path, "not a regular file")
            if status.st_size > max_bytes:
                raise RefusedFileError(path, f"more than {max_bytes:,} bytes")
            content = file.read(max_bytes + 1)  # sizes change, and that of a file in /proc is 0
    except (OSError, ValueError) as error:
        if isinstance(error, RefusedFileError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise RefusedFileError(path, f"cannot be read: {reason}") from None
    if len(content) > max_bytes:
        raise RefusedFileError(path, f"more than {max_bytes:,} bytes")
    return content
