"""Reading result files of tracks, which may be anybody's: regular files of bounded size, or one line."""

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from benchmark.results.files import MAX_BYTES
from benchmark.results.untrusted import RefusedFileError, read_regular
from datamodules.errors import UserError

ResultT = TypeVar("ResultT", bound=BaseModel)


def read_track_result(path: Path, kind: type[ResultT], *, track: str) -> ResultT:
    """Read one result.

    Args:
        path: the file.
        kind: class of the track's results.
        track: the track in words, with an article, as in ``the sets track``.

    Returns:
        The result.

    Raises:
        UserError: if the file is no result of this track.
    """
    try:
        return kind.model_validate_json(read_regular(path, max_bytes=MAX_BYTES))
    except ValidationError as error:
        raise UserError(
            f"{path}: this is no result of {track}, or one of another version: move it out of the folder, or "
            "run the track again"
        ) from error


def read_track_results(folder: Path, kind: type[ResultT], *, track: str) -> list[ResultT]:
    """Read all results of a folder, sorted by path; see :func:`read_track_result`."""
    return [read_track_result(path, kind, track=track) for path in sorted(folder.rglob("*.json"))]


def track_result_there(path: Path, kind: type[ResultT]) -> ResultT | None:
    """The result at a path; None if there is none, or something else."""
    try:
        return kind.model_validate_json(read_regular(path, max_bytes=MAX_BYTES))
    except (RefusedFileError, ValidationError):
        return None


def content_of(path: Path) -> dict[str, Any]:
    """What a JSON file holds, to tell which track it is of; nothing if it holds something else."""
    try:
        content = json.loads(read_regular(path, max_bytes=MAX_BYTES))
    except (RefusedFileError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
