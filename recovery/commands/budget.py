"""``affinity-bench budget``: run the budget track."""

from pathlib import Path

from jsonargparse.typing import PositiveFloat, PositiveInt

from recovery.commands.planning_track import run_planning_track
from recovery.commands.track_tables import track_tables
from recovery.tracks.budget.run import TRACK
from recovery.tracks.campaign.entry import LIMIT_SECONDS


def budget(
    dataset: str,
    strategy: str = "",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    starts: PositiveInt | None = None,
    out: Path = Path("results-budget"),
    force: bool = False,
    limit: PositiveFloat = LIMIT_SECONDS,
) -> int:
    """Run the budget track: how good is a matrix after a share of it was measured, as a strategy says?

    Campaigns start from nothing and from a random tenth of the matrix, up to half of it. After each batch,
    the matrix is recovered, and what its best sources lose and how well it orders them is scored. What is
    there already is not run again. A strategy of your own runs in a process that sees what is measured only.

    Args:
        dataset: name of a dataset, path of a whole matrix of your own, several separated by commas, or all
            for every dataset.
        strategy: names of strategies, separated by commas; the track's if omitted, fewer on tables of more
            than 40 tasks. Your own: file.py:Class.
        lower_is_better: the values of your own matrix are errors or losses.
        tasks: metadata of your own tasks: a file with the column name, optionally group, kind and
            description, and numeric columns.
        pairs: features of your own pairs of tasks: a file with the columns source and target and numeric
            columns.
        columns: columns of your own long table under other names, as in
            source=model,target=dataset,value=accuracy, and seed=run if pairs were measured repeatedly.
        transpose: the rows of your own wide table are targets, its columns sources.
        starts: how many campaigns of each kind; 21 if omitted.
        out: folder for the result files.
        force: run again what is there.
        limit: time limit in seconds of a strategy of your own, for one batch of runs.

    Returns:
        Exit code: 0, or 1 if a strategy of your own failed.
    """
    tables = track_tables(
        dataset,
        lower_is_better=lower_is_better,
        tasks=tasks,
        pairs=pairs,
        columns=columns,
        transpose=transpose,
    )
    return run_planning_track(
        TRACK, tables, strategy=strategy, starts=starts, out=out, force=force, limit=limit
    )
