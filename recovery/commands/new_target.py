"""``affinity-bench new-target``: run the new-target track."""

from pathlib import Path

from jsonargparse.typing import PositiveFloat, PositiveInt

from recovery.commands.planning_track import run_planning_track
from recovery.commands.track_tables import track_tables
from recovery.tracks.campaign.entry import LIMIT_SECONDS
from recovery.tracks.new_target.run import TRACK


def new_target(
    dataset: str,
    strategy: str = "",
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
    starts: PositiveInt | None = None,
    out: Path = Path("results-new-target"),
    force: bool = False,
    limit: PositiveFloat = LIMIT_SECONDS,
) -> int:
    """Run the new-target track: which sources to try first for a target of which nothing is measured?

    Every other column is known; a strategy picks one run after the other, and the best measured source is
    compared with the best of all after 1, 2, 3, 5 and 8 runs. What is there already is not run again. A
    strategy of your own runs in a process that sees what is measured only.

    Args:
        dataset: name of a dataset, path of a whole matrix of your own, several separated by commas, or all
            for every dataset.
        strategy: names of strategies, separated by commas; the track's if omitted. Your own: file.py:Class.
        lower_is_better: the values of your own matrix are errors or losses.
        tasks: metadata of your own tasks: a file with the column name, optionally group, kind and
            description, and numeric columns.
        pairs: features of your own pairs of tasks: a file with the columns source and target and numeric
            columns.
        columns: columns of your own long table under other names, as in
            source=model,target=dataset,value=accuracy, and seed=run if pairs were measured repeatedly.
        transpose: the rows of your own wide table are targets, its columns sources.
        starts: how many targets are new, one at a time; 21 if omitted.
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
