"""``affinity-bench plan``: which transfers to measure next."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from jsonargparse.typing import NonNegativeInt
from rich import box
from rich.table import Table
from rich.text import Text

from benchmark.reporting.console import make_console, say
from benchmark.results.atomic_files import check_writable
from datamodules.errors import UserError
from recovery.candidates import AUTO
from recovery.plan.planner import Planner
from recovery.plan.run import Run
from recovery.progress import RecoverProgress
from recovery.recover import models_to_try
from recovery.words import outcome_lines


def plan(
    matrix: str,
    /,
    *,
    budget: str,
    goal: str = "best-source",
    targets: str = "",
    costs: Path | None = None,
    batch: int | None = None,
    calibrate: int | None = None,
    tell: Path | None = None,
    out: Path = Path("plan.csv"),
    shared: int = 3,
    strategy: str = "",
    recovered: Path | None = None,
    tasks: Path | None = None,
    pairs: Path | None = None,
    lower_is_better: bool = False,
    seed: NonNegativeInt = 0,
) -> int:
    """Say which transfers to measure next, for a goal and within a budget.

    The plan is a CSV file: fill in the column value (or write failed), and run the same command again for
    what to do next. The last runs of the budget are drawn at random: they calibrate the intervals of the
    recovered matrix.

    Args:
        matrix: your own matrix, CSV or Parquet: sources in the first column and targets in the header, or the
            columns source, target and value; a blank cell is not measured, and all may be blank. Or name of a
            dataset.
        budget: what all runs may cost together, in the unit of the costs; without costs, how many runs.
        goal: best-source (a source for each target that is as good as the best), heat-map (the whole matrix,
            recovered well) or shared-sources (the few sources to train at all).
        targets: names of the targets that matter, separated by commas, a name with a comma in quotes; all if
            omitted. Runs are drawn, and the matrix is recovered, for these targets alone: name the same ones
            each time.
        costs: a file with the columns source, target and cost: what a run costs; with source left blank, what
            any run on the target costs; with target left blank, what setting up the source costs once. 1 for
            every run if omitted.
        batch: how many runs may be under way at a time; all that the budget pays for if omitted.
        calibrate: how many of the runs are drawn at random, at the end; if omitted, as many as a quarter of
            the budget pays for whichever they are, 10 at most.
        tell: a file with the columns source, target and value: results of runs, proposed or not.
        out: the plan; if it is there already, it is gone on with.
        shared: for the goal shared-sources: how many sources are to be trained.
        strategy: name of a strategy, or your own: file.py:Class; the goal's if omitted.
        recovered: folder for the matrix, recovered from what is measured by now, with its report.
        tasks: metadata of your tasks, as for recover.
        pairs: what is known of each transfer without measuring it, as for recover.
        lower_is_better: the values are errors or losses.
        seed: seed of draws.

    Returns:
        Exit code 0.
    """
    console, started = make_console(), time.monotonic()
    if batch is not None and batch < 1:
        raise UserError(f"--batch {batch}: let 1 run or more be under way, or leave it out")
    if recovered is not None:
        check_writable(recovered)
    planner = Planner(
        matrix,
        goal=goal,
        targets=_names(targets),
        costs=costs,
        budget=_amount(budget),
        calibrate=calibrate,
        shared=shared,
        strategy=strategy,
        tasks=tasks,
        pairs=pairs,
        lower_is_better=lower_is_better,
        seed=seed,
    )
    if out.exists():
        planner.load(out)
    if tell is not None and not (out.exists() and tell.samefile(out)):
        planner.load_told(tell)
    with console.status(f"{planner.strategy} picks runs"):
        room = planner.left if batch is None else batch - len(planner.pending)
        asked = planner.ask(max(room, 0))
        outlook = planner.outlook()
    planner.save(out)
    if planner.pending:
        console.print(_table(planner.pending, new=asked))
    done, pending = sum(run.status == "done" for run in planner.runs), len(planner.pending)
    say(console, outlook)
    say(
        console,
        f"{out}: {pending} run{'s' * (pending != 1)} to measure, {done} done, {planner.spent:g} of "
        f"{planner.budget:g} spent, in {time.monotonic() - started:.0f} s. {_next(planner, out)}",
    )
    if recovered is not None:
        with RecoverProgress(console=console, models=models_to_try(AUTO, planner.measurements)) as progress:
            recovery = planner.recovery(on_candidate=progress.finish)
        report = recovery.save(recovered)
        for line in (*outcome_lines(recovery.cells, recovery.record), str(report)):
            say(console, line)
    return 0


def _next(planner: Planner, out: Path) -> str:
    if planner.pending:
        return "Fill in their values, or write failed, and run this again."
    recover = "--recovered FOLDER recovers the matrix from what is measured."
    if not planner.left:
        return f"Nothing is left to measure. {recover}"
    if any(run.kind == "drawn" for run in planner.runs):
        return (
            f"The draw is over, and nothing is picked after it. {recover} To measure more, begin another "
            f"plan with these results: --tell {quote(str(out))} --out another.csv"
        )
    return f"Nothing more is affordable. {recover}"


def _amount(text: str) -> float:
    """A budget as it was typed."""
    try:
        return float(text)
    except ValueError:
        raise UserError(f"--budget {text}: write a number, such as 40") from None


def _table(pending: Sequence[Run], *, new: Sequence[Run]) -> Table:
    table = Table("source", "target", "cost", "why", box=box.SIMPLE_HEAD)
    for run in pending:
        reason = run.reason if run in new else f"{run.reason} (proposed before)"
        table.add_row(*map(Text, (*run.pair, f"{run.cost:g}", reason)))  # brackets are no markup
    return table


def _names(text: str) -> list[str] | None:
    """Names separated by commas, those with a comma in quotes."""
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    return [name for name in names if name] or None
