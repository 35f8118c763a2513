"""Refusing system calls to this process: no connections, no processes, no signals to others.

A filter of ``linux/seccomp.h`` needs no privilege. What is not listed is allowed: files are Landlock's part.
"""

import ctypes
import os
import platform
import struct
from typing import NamedTuple

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000  # plus an error number
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_THREAD_FLAG = 0x00010000  # of clone
_UNIX_SOCKETS = 1
_X32 = 0x40000000  # a second set of calls on x86-64


class _Machine(NamedTuple):
    """An architecture: its number in a filter, and the column of the tables below."""

    audit: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}

# Numbers of calls on x86-64 and on arm64; None where there is no such call.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # processes and what they share
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "setsid": (112, 157), "setpgid": (109, 154), "unshare": (272, 97), "setns": (308, 268),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "setpriority": (141, 140), "sched_setattr": (314, 274),
    # the kernel's keyrings, its tracing and its second way to make any call
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    # changes of files that old versions of Landlock do not know, and of their owners and modes
    "truncate": (76, 45), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53),
    "fchmodat2": (452, 452), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None),
    "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88),
    "futimesat": (261, None), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip
# Allowed where the first argument names this process, by its number or by 0.
_ON_ITSELF = {
    "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
}  # fmt: skip
_SOCKET, _CLONE, _CLONE3 = (41, 198), (56, 220), (435, 435)


def close_calls(*, unix_sockets: bool) -> bool:
    """Refuse all calls by which this thread, or one that it starts, could reach anything outside, for good.

    Args:
        unix_sockets: allow sockets on this machine, which drivers of accelerators may need.

    Returns:
        Whether they are refused; False on systems without such filters.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        return False
    program = _program(machine, own=os.getpid(), unix_sockets=unix_sockets)
    code = ctypes.create_string_buffer(b"".join(program))
    header = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_SET_SECCOMP, _FILTER_MODE, header, 0, 0) == 0)


def _program(machine: _Machine, *, own: int, unix_sockets: bool) -> list[bytes]:
    program = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, machine.audit, yes=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if machine.column == 0:
        program += [_step(_AT_LEAST, _X32, no=1), _step(_RETURN, _REFUSE | _EPERM)]
    for numbers in _REFUSED.values():
        number = numbers[machine.column]
        if number is not None:
            program += [_step(_EQUAL, number, no=1), _step(_RETURN, _REFUSE | _EPERM)]
    for numbers in _ON_ITSELF.values():
        program += _unless(numbers[machine.column], [_step(_EQUAL, own, yes=2), _step(_EQUAL, 0, yes=1)])
    # A thread is a clone that shares its process; glibc falls back to clone where there is no clone3.
    program += _unless(_CLONE[machine.column], [_step(_ANY_BIT, _THREAD_FLAG, yes=1)])
    program += [_step(_EQUAL, _CLONE3[machine.column], no=1), _step(_RETURN, _REFUSE | _ENOSYS)]
    allowed = [_step(_EQUAL, _UNIX_SOCKETS, yes=1)] if unix_sockets else []
    program += _unless(_SOCKET[machine.column], allowed)
    return [*program, _step(_RETURN, _ALLOW)]


def _unless(number: int, tests: list[bytes]) -> list[bytes]:
    """Refuse a call unless one of the tests of its first argument jumps over the refusal."""
    block = [_step(_LOAD, _FIRST_ARGUMENT), *tests, _step(_RETURN, _REFUSE | _EPERM), _step(_RETURN, _ALLOW)]
    return [_step(_EQUAL, number, no=len(block)), *block]


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction: how far to jump if a test holds, and if not."""
    return struct.pack("HBBI", code, yes, no, value)
