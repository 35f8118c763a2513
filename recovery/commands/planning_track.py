"""What the commands of the planning tracks have in common."""

from collections.abc import Sequence
from pathlib import Path

from benchmark.cli_arguments import listed
from benchmark.isolation.worker import WorkerError
from benchmark.reporting.console import make_console
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import last_line
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from recovery.progress import TrackProgress
from recovery.tracks.campaign.board import terminal_board
from recovery.tracks.campaign.entry import find_entry
from recovery.tracks.campaign.track import Track, missing_starts, run_strategy


def run_planning_track(
    track: Track,
    tables: Sequence[AffinityTable],
    *,
    strategy: str,
    starts: int | None,
    out: Path,
    force: bool,
    limit: float,
) -> int:
    """Run a track on tables and print its board; see :mod:`recovery.commands.new_target` for the options.

    Returns:
        Exit code: 0, or 1 if a strategy of one's own failed.

    Raises:
        UserError: for an unknown strategy.
    """
    named = listed(strategy)
    words = named or {word for table in tables for word in track.strategies(table)}
    entries = {word: find_entry(word, limit_seconds=limit) for word in words}
    check_writable(out)
    console = make_console()
    plan = [
        (table, entry, min(starts, track.starts(table)) if starts else track.starts(table))
        for table in tables
        for entry in (entries[word] for word in named or track.strategies(table))
    ]
    missing = sum(
        count if force else missing_starts(track, table, entry, starts=count, out=out)
        for table, entry, count in plan
    )
    results = []
    with TrackProgress(console=console, pieces="starts", total=missing) as progress:
        for table, entry, count in plan:
            line = f"{table.name}: {entry.name}"
            try:
                results.append(
                    run_strategy(
                        track, table, entry, starts=count, out=out, force=force, on_start=progress.advance
                    )
                )
            except (UserError, WorkerError) as error:
                if entry.code is None:
                    raise
                line += f": failed: {last_line(str(error))}"
            progress.finish(line)
    if results:
        console.print(terminal_board(results))
    return int(len(results) < len(plan))
