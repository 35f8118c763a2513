"""Sections of the page about tracks: each track supplies a table, made of the results beside the folder."""

from collections.abc import Callable
from pathlib import Path

from leaderboard.page.track_section import TrackSection

TRACKS = ("coverage", "fidelity", "new-target", "budget", "sets")


def track_sections(results: Path, *, refuse: Callable[[str], None]) -> list[TrackSection]:
    """The sections of the tracks that have results.

    Args:
        results: output folder of ``affinity-bench run``; those of tracks are beside it, as in
            ``results-coverage``.
        refuse: is told of every file that is left out, in one line.

    Returns:
        One section or more per track.
    """
    folders = {track: results.with_name(f"{results.resolve().name}-{track}") for track in TRACKS}
    there = {track: folder for track, folder in folders.items() if any(folder.rglob("*.json"))}
    if not there:
        return []
    # Late: a page of boards alone needs no torch, which the tool behind the tracks does.
    from leaderboard.page.track_tables import TABLES

    sections = [section for track, folder in there.items() for section in TABLES[track](folder, refuse)]
    return [section for section in sections if section.rows]
