"""What the commands of the planning tracks have in common."""

from pathlib import Path

from benchmark.cli_arguments import listed
from benchmark.reporting.terminal_boards import make_console
from benchmark.results.atomic_files import check_writable
from datamodules.registry import DATASETS, find_source
from recovery.progress import TrackProgress
from recovery.strategies.registry import load_strategy
from recovery.tracks.campaign.board import terminal_board
from recovery.tracks.campaign.track import Track, missing_starts, run_strategy

ALL = "all"


def run_planning_track(
    track: Track, *, dataset: str, strategy: str, starts: int | None, out: Path, force: bool
) -> int:
    """Run a track and print its board; see :mod:`recovery.commands.new_target` for the options.

    Raises:
        UserError: for an unknown dataset or strategy.
    """
    tables = [find_source(name).read() for name in (DATASETS if dataset == ALL else listed(dataset))]
    named = listed(strategy)
    for name in named:
        load_strategy(name)  # refused before anything is run
    check_writable(out)
    console = make_console()
    plan = [
        (table, name, min(starts, track.starts(table)) if starts else track.starts(table))
        for table in tables
        for name in named or track.strategies(table)
    ]
    missing = sum(
        count if force else missing_starts(track, table, name, starts=count, out=out)
        for table, name, count in plan
    )
    results = []
    with TrackProgress(console=console, pieces="starts", total=missing) as progress:
        for table, name, count in plan:
            results.append(
                run_strategy(
                    track, table, name, starts=count, out=out, force=force, on_start=progress.advance
                )
            )
            progress.finish(f"{table.name}: {name}")
    console.print(terminal_board(results))
    return 0
