"""Sealing a result file by its digest: once it was verified, or confirmed for other code."""

from pathlib import Path

from benchmark.isolation.worker import isolation_mark
from benchmark.results.atomic_files import write_together
from benchmark.results.digest import digest_of
from benchmark.results.files import read_result, table_path
from benchmark.results.schema import VERIFIED, Confirmation, Mark, Result
from benchmark.results.stored_tables import MAX_BYTES
from benchmark.results.untrusted import read_regular
from benchmark.running.cell import CellRun


def stored_digest(result: Result, path: Path) -> str:
    """The digest of a result and of the scores that are stored beside it.

    Args:
        result: the result.
        path: its JSON file.

    Raises:
        RefusedFileError: if what lies there is no file of scores.
    """
    file = table_path(path, "scores")
    is_there = file.exists() or file.is_symlink()
    return digest_of(result, scores=read_regular(file, max_bytes=MAX_BYTES) if is_there else None)


def mark_as_verified(path: Path) -> None:
    """Mark a result as verified, and as isolated or not by this system.

    Args:
        path: the JSON file, which ``verify_result`` has just accepted as one of a submission.

    Raises:
        StorageError: if it cannot be written.
    """
    result = read_result(path)
    marks: list[Mark] = [isolation_mark(), VERIFIED]
    _seal(result.model_copy(update={"marks": marks}), path)


def confirm(result: Result, ready: CellRun, path: Path, *, splits: list[int], largest: float) -> None:
    """Take over a result for the code that is here, which predicts the same.

    Args:
        result: the result.
        ready: its cell, prepared with the code that is here.
        path: the JSON file.
        splits: numbers of the splits that were run again.
        largest: largest difference of what they predict.

    Raises:
        StorageError: if it cannot be written.
    """
    made_by = result.confirmation.made_by if result.confirmation else result.model.source_hash
    change = {
        "fingerprint": ready.fingerprint,
        "model": result.model.model_copy(update={"source_hash": ready.model.source_hash}),
        "confirmation": Confirmation(made_by=made_by, splits=splits, largest_difference=largest),
    }
    _seal(result.model_copy(update=change), path)


def _seal(result: Result, path: Path) -> None:
    sealed = result.model_copy(update={"digest": stored_digest(result, path)})
    write_together({path: (sealed.model_dump_json(indent=1) + "\n").encode()})
