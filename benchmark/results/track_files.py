"""Reading result files of tracks, which may be anybody's: what no run of the track writes is one line."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from benchmark.results.bounds import MAX_INTEGER
from benchmark.results.files import MAX_BYTES
from benchmark.results.untrusted import RefusedFileError, read_regular
from datamodules.registry import MAX_NAME

ResultT = TypeVar("ResultT", bound=BaseModel)
Refuse = Callable[[str], None]
MAX_TASK_NAME = 10_000


@dataclass(frozen=True, kw_only=True)
class TrackFiles(Generic[ResultT]):
    """The result files of a track.

    Attributes:
        track: the track in words, with an article, as in ``the sets track``.
        kind: class of its results.
        place: where its command keeps a result, in an output folder.
        problem: what else no run of the track writes, in words; None if nothing is wrong.
    """

    track: str
    kind: type[ResultT]
    place: Callable[[Path, ResultT], Path]
    problem: Callable[[ResultT], str | None]

    def read(self, folder: Path, *, refuse: Refuse) -> list[ResultT]:
        """Read all results of a folder.

        A file that is no result of the track is left out, and so is the second one of a subject: of two, the
        one that lies where the track's command writes it counts.

        Args:
            folder: output folder of the track's command.
            refuse: is told of every file that is left out, in one line.

        Returns:
            The results, sorted by path.
        """
        found: dict[Path, ResultT] = {}
        for path in sorted(folder.rglob("*.json")):
            try:
                found[path] = self.read_one(path)
            except RefusedFileError as error:
                refuse(f"left out: {error}")
        first: dict[Path, Path] = {}
        for path in sorted(found, key=lambda path: path != self.place(folder, found[path])):
            same = first.setdefault(self.place(folder, found[path]), path)
            if same != path:
                refuse(f"left out: {RefusedFileError(path, f'of the same subject as {same}')}")
        return [found[path] for path in sorted(first.values())]

    def read_one(self, path: Path) -> ResultT:
        """Read one result.

        Raises:
            RefusedFileError: if the file is no result that the track may have written.
        """
        result = read_track_result(path, self.kind, track=self.track)
        problem = self.problem(result)
        if problem:
            raise RefusedFileError(path, problem)
        return result


def read_track_result(path: Path, kind: type[ResultT], *, track: str) -> ResultT:
    """Read one result, without what only some tracks ask of it.

    Args:
        path: the file.
        kind: class of the track's results.
        track: the track in words.

    Returns:
        The result.

    Raises:
        RefusedFileError: if the file is no result of this track.
    """
    content = read_regular(path, max_bytes=MAX_BYTES)
    try:
        result = kind.model_validate_json(content)
        problem = next(_problems(result), None)
    except (ValidationError, RecursionError):
        raise RefusedFileError(
            path,
            f"this is no result of {track}, or one of another version: move it out of the folder, or run the "
            "track again",
        ) from None
    if problem:
        raise RefusedFileError(path, problem)
    return result


def read_track_results(folder: Path, kind: type[ResultT], *, track: str) -> list[ResultT]:
    """Read all results of a folder, sorted by path; see :func:`read_track_result`."""
    return [read_track_result(path, kind, track=track) for path in sorted(folder.rglob("*.json"))]


def track_result_there(path: Path, kind: type[ResultT]) -> ResultT | None:
    """The result at a path; None if there is none, or something else."""
    try:
        return read_track_result(path, kind, track="")
    except RefusedFileError:
        return None


def content_of(path: Path) -> dict[str, Any]:
    """What a JSON file holds, to tell which track it is of; nothing if it holds something else."""
    try:
        content = json.loads(read_regular(path, max_bytes=MAX_BYTES))
    except (RefusedFileError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _problems(result: BaseModel) -> Iterator[str]:
    """Numbers that are not finite, and names that would not be shown as they are."""
    content = result.model_dump()
    shown = {next(iter(content)), "versions"}  # the subject comes first
    for where, value in _values(content):
        if isinstance(value, float) and not math.isfinite(value):
            yield f"{where}: not a finite number"
        elif isinstance(value, int) and abs(value) > MAX_INTEGER:
            yield f"{where}: out of range"
        elif isinstance(value, str) and where.partition(".")[0] in shown:
            if not value.isprintable() or len(value) > MAX_NAME:
                yield f"{where}: too long, or with characters that cannot be printed"
            if where.endswith((".model", ".strategy", ".model.name")) and not value.isascii():
                yield f"{where}: not ASCII, so that it may look like another one"
        elif isinstance(value, str) and len(value) > MAX_TASK_NAME:
            yield f"{where}: more than {MAX_TASK_NAME:,} characters"


def _values(content: Any) -> Iterator[tuple[str, Any]]:
    """All that is in a result, names of fields included, each with its place."""
    waiting: list[tuple[str, Any]] = [("", content)]
    while waiting:
        where, value = waiting.pop()
        dot = "." if where else ""
        if isinstance(value, dict):
            yield from ((where, key) for key in value)
            waiting += [(f"{where}{dot}{key}"[:MAX_NAME], inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(where, inner) for inner in value]
        else:
            yield where, value
