"""``affinity-bench recover``: fill in a partly measured matrix, or draw cells to measure."""

import time
from pathlib import Path

import pandas as pd
from jsonargparse.typing import NonNegativeInt, PositiveInt
from rich.console import Console

from benchmark.reporting.console import make_console, say
from benchmark.results.atomic_files import check_writable, write_together
from datamodules.errors import UserError
from datamodules.sparse.large_file import MOST_PAIRS, check_for_large, find_large_file
from recovery.candidates import AUTO
from recovery.draw import draw_cells
from recovery.progress import RecoverProgress
from recovery.recover import models_to_try, prepare, recover_prepared
from recovery.sparse.recover_large import TOP, recover_large
from recovery.words import outcome_lines

DRAWN = "drawn.csv"


def recover(
    matrix: str,
    /,
    *,
    tasks: Path | None = None,
    pairs: Path | None = None,
    lower_is_better: bool = False,
    level: float = 0.9,
    chosen: str = "",
    draw: PositiveInt | None = None,
    drawn: Path | None = None,
    model: str = AUTO,
    cells: Path | None = None,
    top: PositiveInt | None = None,
    seed: NonNegativeInt = 0,
    out: Path = Path("recovered"),
) -> int:
    """Fill in a partly measured matrix, with an interval for every cell, and say what the intervals promise.

    A long table (source, target, value) of more than 250,000 pairs is never held as a matrix: of it, only
    cells.parquet and recovery.json are written, with the best sources of every target or the cells of a list.

    Writes cells.csv and cells.parquet (a row per transfer), matrix.csv (filled in), recovery.json (model,
    promise, expectations) and index.html, a report for the browser.

    Args:
        matrix: your own matrix, CSV or Parquet: sources in the first column and targets in the header, or the
            columns source, target and value; a blank cell is not measured. Or name of a dataset.
        tasks: metadata of your tasks: a file with the column name, optionally group and kind, and numeric
            columns.
        pairs: what is known of each transfer without measuring it: a file with the columns source and target,
            and numeric columns.
        lower_is_better: the values are errors or losses.
        level: share of the unmeasured cells that intervals are to cover.
        chosen: how the measured cells were picked: by-hand (the default; nothing is guaranteed), random (all
            cells are missing at random), or drawn (with --drawn).
        draw: name so many unmeasured cells, drawn at random, and write them to drawn.csv in the output
            folder, to be measured and filled in; nothing is recovered.
        drawn: such a list, filled in: intervals are then guaranteed.
        model: name of a model, or auto: of a short list, prior-fitted if its error in cross-validation is
            within one standard error of the smallest, else the one with the smallest.
        cells: of a table too large for a matrix, the cells to recover: a file with the columns source and
            target.
        top: of such a table without --cells, how many sources of every target; 10 if omitted.
        seed: seed of the draw, of folds, initial weights and noise.
        out: folder for the files.

    Returns:
        Exit code 0.
    """
    console = make_console()
    large = find_large_file(matrix)
    if large is not None:
        check_for_large(large, tasks=tasks, pairs=pairs, chosen=chosen, draw=draw, drawn=drawn)
        if cells and top:
            raise UserError("--cells lists the cells to recover, and --top takes the best: leave one out")
        recover_large(
            large,
            cells=cells,
            top=top or TOP,
            level=level,
            model=model,
            lower_is_better=lower_is_better,
            seed=seed,
            out=out,
            console=console,
        )
        return 0
    if cells or top:
        raise UserError(
            f"--cells and --top are for long tables of more than {MOST_PAIRS:,} pairs: leave them out, since "
            "every cell of this one is recovered"
        )
    if draw is not None:
        if drawn is not None or chosen:
            raise UserError("--draw only names cells: leave --drawn and --chosen out until they are measured")
        _write_draw(draw_cells(matrix, draw, seed=seed), out=out, console=console)
        return 0
    chosen = chosen or ("by-hand" if drawn is None else "drawn")
    measurements = prepare(
        matrix,
        level=level,
        chosen=chosen,
        drawn=drawn,
        tasks=tasks,
        pairs=pairs,
        lower_is_better=lower_is_better,
    )
    check_writable(out)
    for remark in measurements.remarks:
        say(console, f"{measurements.table.name}: {remark}")
    started = time.monotonic()
    with RecoverProgress(console=console, models=models_to_try(model, measurements)) as progress:
        recovery = recover_prepared(
            measurements, level=level, chosen=chosen, model=model, seed=seed, on_candidate=progress.finish
        )
    report = recovery.save(out)
    for line in outcome_lines(recovery.cells, recovery.record):
        say(console, line)
    say(console, f"{report} in {time.monotonic() - started:.0f} s")
    return 0


def _write_draw(cells: pd.DataFrame, *, out: Path, console: Console) -> None:
    path = out / DRAWN
    content = cells.to_csv(index=False).encode()
    if path.is_file() and path.read_bytes() != content:
        raise UserError(
            f"{path}: there is another list already, perhaps filled in. Move it away, or choose another "
            "folder with --out."
        )
    write_together({path: content})
    pairs = zip(cells.source, cells.target, strict=True)
    lines = [f"{source} -> {target}" for source, target in pairs]
    todo = "Measure all of them, fill in the values, and run `affinity-bench recover MATRIX --drawn"
    for line in (*lines, f"{path}: {len(cells)} cells. {todo} {path}`."):
        say(console, line)
