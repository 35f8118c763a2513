"""Sealing a result file by its digest, and marking it as verified."""

from pathlib import Path

from benchmark.isolation.worker import isolates
from benchmark.results.atomic_files import write_together
from benchmark.results.digest import digest_of
from benchmark.results.files import read_result, table_path
from benchmark.results.schema import VERIFIED, Mark, Result


def stored_digest(result: Result, path: Path) -> str:
    """The digest of a result and of the scores that are stored beside it.

    Args:
        result: the result.
        path: its JSON file.
    """
    scores = table_path(path, "scores")
    return digest_of(result, scores=scores.read_bytes() if scores.is_file() else None)


def mark_as_verified(path: Path) -> None:
    """Mark a result as verified, and as isolated or not by this system.

    Args:
        path: the JSON file, which ``verify_result`` has just accepted as one of a submission.

    Raises:
        StorageError: if it cannot be written.
    """
    result = read_result(path)
    marks: list[Mark] = ["isolated" if isolates() else "not isolated", VERIFIED]
    marked = result.model_copy(update={"marks": marks})
    sealed = marked.model_copy(update={"digest": stored_digest(marked, path)})
    write_together({path: (sealed.model_dump_json(indent=1) + "\n").encode()})
