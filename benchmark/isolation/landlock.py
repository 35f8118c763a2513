"""Closing the file system to this process with Landlock, which needs no privilege (Linux 5.13 and later).

See https://docs.kernel.org/userspace-api/landlock.html; numbers are those of ``linux/landlock.h``.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
# Rights to files by the version that introduced the last of them: bit i is the i-th right.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_OF_FILES = (1 << 0) | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_TCP = 0b11  # bind, connect
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

# Windows has none of these calls, and is never asked for them.
_libc = ctypes.CDLL(None if os.name == "posix" else "msvcrt", use_errno=True)


def version() -> int:
    """Version of Landlock in this kernel; 0 if there is none."""
    if sys.platform != "linux":
        return 0
    return int(max(0, _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)))


def close_files(*, readable: Iterable[Path], writable: Iterable[Path], listable: Iterable[Path] = ()) -> bool:
    """Close the file system to this thread and all that it starts, for good.

    From version 4 on, TCP is closed as well; from version 6 on, signals to other processes.

    Args:
        readable: files, and folders with all that they contain, that may still be read.
        writable: files and folders that may also be written to.
        listable: folders whose content may be listed, but not read.

    Returns:
        Whether it is closed; False if the kernel has no Landlock.

    Raises:
        OSError: if the kernel refuses.
    """
    has = version()
    if not has:
        return False
    rights = (1 << _FILE_RIGHTS[min(has, max(_FILE_RIGHTS))]) - 1
    attributes = struct.pack("QQQ", rights, _TCP, _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = 8 if has < 4 else 16 if has < 6 else 24
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    try:
        for path in readable:
            _allow(ruleset, path, (_READ_FILE | _READ_DIR) & rights)
        for path in listable:
            _allow(ruleset, path, _READ_DIR)
        for path in writable:
            _allow(ruleset, path, rights & ~1)  # all but executing
        _checked(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no rule
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        _checked(_libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(place)


def _checked(value: int) -> int:
    if value < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"Landlock: {os.strerror(error)}")
    return value
