"""Build the leaderboard page from a folder of results."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmark.denoising.comparison import read_comparisons
from benchmark.reporting.console import say
from benchmark.reporting.terminal_boards import FEW
from benchmark.results.files import result_paths
from datamodules.registry import Source
from datamodules.splits.protocol import MASKS
from leaderboard.boards.aggregate import Board, cell_key, find_files, make_boards
from leaderboard.boards.denoising import denoising_rows
from leaderboard.boards.overall import dataset_order, is_headline
from leaderboard.page.content import Content, Sources, add_boards, start_content
from leaderboard.page.html import KIT
from leaderboard.page.limits import choose
from leaderboard.page.rows import traits_of
from leaderboard.page.track_section import TrackSection
from leaderboard.page.tracks import track_sections


@dataclass(frozen=True, kw_only=True)
class Written:
    """Summary of a written page.

    Attributes:
        path: path of the page.
        results: number of results shown.
        boards: number of boards.
        pictured: number of boards with figures.
    """

    path: Path
    results: int
    boards: int
    pictured: int


@contextmanager
def _without_collection() -> Iterator[None]:
    """Disable garbage collection: all results live until the end, and scanning 10,000 takes a fifth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_without_collection()
def build_page(
    results: Path, out: Path, *, pictures: int, own: Source | None, console: Console
) -> Written | None:
    """Build the page.

    Args:
        results: output folder of ``affinity-bench run``.
        out: folder for the page; created if missing.
        pictures: maximum number of boards with figures.
        own: a user's own matrix that some results are on.
        console: console for the progress display.

    Returns:
        Summary of what was written; None if there are no results, in which case the page explains how to
        create some.

    Raises:
        UserError: if none of the files is a result.
    """
    if not result_paths(results):
        _write(out, KIT.render("empty.html.j2", data={}, folder=str(results)))
        return None

    def refuse(line: str) -> None:
        say(console, line)

    with Progress(console=console, transient=True) as progress:
        reading = progress.add_task("reading results", total=None)
        sources = find_sources(results, pictures=pictures, own=own, refuse=refuse)
        boards = sources.boards
        progress.remove_task(reading)
        content = start_content(sources)
        drawing = progress.add_task("drawing boards", total=len(boards))
        for _ in add_boards(content, sources):
            progress.advance(drawing)
    pictured = len(sources.limits.pictured)
    count = sum(len(board.results) for board in boards)
    tracks = track_sections(results, refuse=refuse)
    html = KIT.render(
        "index.html.j2",
        data=_data(content, tracks),
        content=content,
        tracks=tracks,
        counts={"results": count, "boards": len(boards), "pictured": pictured},
        traits=traits_of,
        few=FEW,
    )
    return Written(path=_write(out, html), results=count, boards=len(boards), pictured=pictured)


def find_sources(
    results: Path, *, pictures: int, own: Source | None, refuse: Callable[[str], None]
) -> Sources:
    """Read everything that the page is built from.

    Args:
        results: output folder of ``affinity-bench run``.
        pictures: maximum number of boards with figures.
        own: a user's own matrix that some results are on.
        refuse: is told of every file that is left out, in one line.

    Returns:
        The boards in page order, the paths of their results, and the page's limits.

    Raises:
        UserError: if there are no results.
    """
    files = find_files(results, refuse=refuse)
    boards = sorted(make_boards(list(files.values())), key=_order)
    return Sources(
        boards=boards,
        paths={cell_key(result): path for path, result in files.items()},
        own=own,
        limits=choose(boards, pictures=pictures),
        refuse=refuse,
        denoising=denoising_rows(read_comparisons(results, refuse=refuse)),
    )


def _data(content: Content, tracks: Sequence[TrackSection]) -> dict[str, Any]:
    views = [view for own in content.boards.values() for view in own]
    figures = [figure for view in content.overalls for figure in view.figures]
    figures += [figure for section in tracks for figure in section.figures]
    figures += [figure for view in views for figure in view.figures]
    return {
        "recoveries": {view.key: view.recoveries for view in views if view.recoveries},
        "cards": {view.key: view.cards for view in views},
        "configs": content.configs.listed,
        "titles": {view.key: view.title for view in views},
        "figures": {figure.key: figure.table() for figure in figures},
    }


def _write(out: Path, html: str) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    path = out / "index.html"
    path.write_text(html, encoding="utf-8")
    return path


def _order(board: Board) -> tuple[object, ...]:
    """Sort key: headline matrices first, transductive before inductive, boards with more splits first."""
    place = board.place
    return (
        dataset_order(place),
        not is_headline(place),
        place.regime,
        place.label,
        place.setting == "inductive",
        list(MASKS).index(place.mask) if place.mask else 0,
        -len(board.results[0].data.split_numbers),
    )
