"""Files that are whole or not there, whoever writes, dies or runs out of space meanwhile."""

import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from datamodules.errors import UserError

WHAT_TO_DO = {
    errno.ENOSPC: "Free some space.",
    errno.EDQUOT: "Free some of your quota.",
    errno.EROFS: "Choose a folder that can be written with --out.",
    errno.EACCES: "Get the permission to write there, or choose another folder with --out.",
    errno.EPERM: "Get the permission to write there, or choose another folder with --out.",
    errno.ENOTDIR: "A file is where a folder should be: choose another folder with --out.",
    errno.EEXIST: "A file is where a folder should be: choose another folder with --out.",
}


class StorageError(UserError):
    """The output folder does not take what is written to it."""


def write_together(files: Mapping[Path, bytes]) -> None:
    """Replace files of one folder by new ones; the last, which vouches for the others, is not there before.

    Every file is first written in full beside its target. So a full disk leaves the old files as they were,
    and a process that is killed leaves at most drafts, which :func:`remove_drafts` takes away.

    Args:
        files: content by path, all in one folder, which is made if needed.

    Raises:
        StorageError: if the folder does not take them; the old files are there still.
    """
    *_, vouching = files
    with _refusals_explained(vouching), _only_writer(_made(vouching.parent)):
        drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in files}
        try:
            for path, content in files.items():
                with drafts[path].open("wb") as draft:
                    draft.write(content)
                    draft.flush()
                    os.fsync(draft.fileno())  # some file systems notice only now that they are full
            if len(files) > 1:
                vouching.unlink(missing_ok=True)
            for path, draft_path in drafts.items():
                draft_path.replace(path)
        finally:
            for draft_path in drafts.values():
                draft_path.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Find out before hours of work whether a folder takes files.

    Args:
        folder: made if it is not there.

    Raises:
        StorageError: if it does not.
    """
    with _refusals_explained(folder), _only_writer(_made(folder)):
        trial = folder / f".writable.{os.getpid()}.tmp"
        trial.touch()
        trial.unlink()


def remove_drafts(folder: Path) -> None:
    """Take away what writers that were killed have left.

    Args:
        folder: where to look, not below it; nothing happens if it is not there or may not be written.
    """
    try:
        with _only_writer(folder) as alone:
            # Whoever writes holds the lock: with it in hand, every draft is a dead writer's.
            for draft in folder.glob(".*.tmp") if alone else ():
                draft.unlink(missing_ok=True)
    except OSError:
        return  # without the permission there is nothing to tidy; whatever has to be written will complain


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _only_writer(folder: Path) -> Iterator[bool]:
    """Wait until no other process writes to a folder. The kernel forgets the lock with its process.

    Yields:
        False on a file system without locks, where a rename must do.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def _refusals_explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = WHAT_TO_DO.get(error.errno or 0, "Choose another folder with --out.")
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}. {advice} Results from before are as they "
            "were."
        ) from error
