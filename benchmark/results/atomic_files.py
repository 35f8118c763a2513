"""Atomic writing of files: complete or absent, even if a process is killed or the disk is full."""

import errno
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from datamodules.errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

WHAT_TO_DO = {
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some of your quota.",
    errno.EROFS: "Choose a writable folder with --out.",
    errno.EACCES: "Get write permission, or choose another folder with --out.",
    errno.EPERM: "Get write permission, or choose another folder with --out.",
    errno.ENOTDIR: "A file is where a folder should be: choose another folder with --out.",
    errno.EEXIST: "A file is where a folder should be: choose another folder with --out.",
}

LOCK_SECONDS = 120.0  # writing a result takes moments
SAY_AFTER_SECONDS = 3.0


class StorageError(UserError):
    """The output folder cannot be written to."""


def write_together(files: Mapping[Path, bytes]) -> None:
    """Replace files of one folder together; while the last one exists, the others are complete.

    Every file is first written in full beside its target. A full disk therefore leaves the old files
    unchanged, and a killed process leaves at most drafts, which :func:`remove_drafts` removes.

    Args:
        files: content by path, all in one folder, which is created if needed.

    Raises:
        StorageError: if the folder cannot be written to; the old files are unchanged.
    """
    *_, vouching = files
    with _refusals_explained(vouching), _only_writer(_made(vouching.parent)):
        drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in files}
        try:
            for path, content in files.items():
                with drafts[path].open("wb") as draft:
                    draft.write(content)
                    draft.flush()
                    os.fsync(draft.fileno())  # some file systems report a full disk only here
            if len(files) > 1:
                vouching.unlink(missing_ok=True)
            for path, draft_path in drafts.items():
                draft_path.replace(path)
        finally:
            for draft_path in drafts.values():
                draft_path.unlink(missing_ok=True)


@contextmanager
def written_bit_by_bit(path: Path) -> Iterator[Path]:
    """A file that is too large to be held: what is written to the draft replaces it in the end, as a whole.

    Args:
        path: the file; its folder is created if needed.

    Yields:
        The draft to write to.

    Raises:
        StorageError: if the folder cannot be written to; the old file is unchanged.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _refusals_explained(path), _only_writer(_made(path.parent)):
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Check that a folder can be written to, before hours of work.

    Args:
        folder: the folder; created if missing.

    Raises:
        StorageError: if it cannot.
    """
    with _refusals_explained(folder), _only_writer(_made(folder)):
        trial = folder / f".writable.{os.getpid()}.tmp"
        trial.touch()
        trial.unlink()


def remove_drafts(folder: Path) -> None:
    """Remove the drafts of writers that were killed.

    Args:
        folder: folder to clean, without subfolders; ignored if it is missing or not writable.
    """
    try:
        with _only_writer(folder) as alone:
            # Writers hold the lock: while we hold it, every draft is a dead writer's.
            for draft in folder.glob(".*.tmp") if alone else ():
                draft.unlink(missing_ok=True)
    except OSError:
        return  # nothing can be removed without permission; later writes will report it


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _only_writer(folder: Path) -> Iterator[bool]:
    """Wait until no other process writes to a folder. The kernel releases the lock when the process ends.

    Yields:
        False on Windows or a file system without locks, where atomic renames must suffice.
    """
    if fcntl is None:
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            _lock(descriptor, folder)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    """Lock a folder; if another process holds the lock for long, say so.

    Raises:
        StorageError: if it holds it for longer than any writer takes.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    said = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise StorageError(
                    f"{folder} is locked by another process for {LOCK_SECONDS:g} s: end that process "
                    f"(`fuser {folder}` names it), or choose another folder with --out."
                ) from error
            if not said and time.monotonic() > deadline - LOCK_SECONDS + SAY_AFTER_SECONDS:
                said = True
                print(f"affinity-bench: waiting for another process that writes to {folder}", file=sys.stderr)
            time.sleep(0.05)


@contextmanager
def _refusals_explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = WHAT_TO_DO.get(error.errno or 0, "Choose another folder with --out.")
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}. {advice} Earlier results are unchanged."
        ) from error
