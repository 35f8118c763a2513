"""What the commands of tracks that compare models have in common: what is there is kept, the rest is run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from benchmark.reporting.console import make_console
from benchmark.results.atomic_files import check_writable
from recovery.progress import TrackProgress


class _Subject(Protocol):
    @property
    def model(self) -> str: ...


class _Result(Protocol):
    def write(self, out: Path) -> None: ...


Subject = TypeVar("Subject", bound=_Subject)
Result = TypeVar("Result", bound=_Result)


@dataclass(frozen=True)
class TrackPart(Generic[Subject, Result]):
    """The models of a table, which see the same episodes.

    Attributes:
        title: of the table.
        subjects: the models on it.
        run: runs some of the subjects; calls its second argument after each piece.
        pieces: how many there are.
    """

    title: str
    subjects: Sequence[Subject]
    run: Callable[[Sequence[Subject], Callable[[], None]], list[Result]]
    pieces: int


def run_parts(
    parts: Sequence[TrackPart[Subject, Result]],
    *,
    finished: Callable[[Path, Subject], Result | None],
    out: Path,
    force: bool,
    pieces: str,
) -> list[Result]:
    """Run what is not there yet, and write it, table by table.

    Args:
        parts: of the track.
        finished: a result that is there.
        out: folder of the results.
        force: run again what is there.
        pieces: what is counted, in the plural.

    Returns:
        All results, those that were there first.

    Raises:
        StorageError: if the folder cannot be written to.
    """
    check_writable(out)
    results: list[Result] = []
    missing: list[list[Subject]] = []
    for part in parts:
        there = {each.model: None if force else finished(out, each) for each in part.subjects}
        results += [found for found in there.values() if found is not None]
        missing.append([each for each in part.subjects if there[each.model] is None])
    total = sum(part.pieces for part, own in zip(parts, missing, strict=True) if own)
    with TrackProgress(console=make_console(), pieces=pieces, total=total) as progress:
        for part, own in zip(parts, missing, strict=True):
            made = part.run(own, progress.advance) if own else []
            for result in made:
                result.write(out)
            results += made
            progress.finish(f"{part.title}: {', '.join(each.model for each in own) or 'already there'}")
    return results
