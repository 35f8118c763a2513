"""Filling in a partly measured matrix: read it, choose a model, calibrate its intervals."""

import warnings
from collections.abc import Callable
from pathlib import Path
from shlex import quote

import pandas as pd
import torch
from pytorch_lightning.utilities.seed import isolate_rng

from datamodules.affinity_table import AffinityTable
from datamodules.sparse.large_file import refuse_large_file
from recovery.candidates import AUTO, SOURCE_MEAN, Candidate, Expectation, best, try_models
from recovery.draw import with_drawn
from recovery.fill_in import fill_in
from recovery.guarantee import check_chosen
from recovery.intervals.quantile import check_level
from recovery.measurements import Measurements, read_measurements
from recovery.recovery import Recovery
from recovery.shortlist import shortlist


def recover(
    table: AffinityTable | str | Path | pd.DataFrame,
    *,
    level: float = 0.9,
    chosen: str = "by-hand",
    model: str = AUTO,
    seed: int = 0,
    drawn: str | Path | pd.DataFrame | None = None,
    tasks: str | Path | None = None,
    pairs: str | Path | None = None,
    lower_is_better: bool = False,
) -> Recovery:
    """Fill in a partly measured matrix, with an interval and the chance to be the best for every cell.

    Args:
        table: the matrix, as :func:`datamodules.load_table.load_table` takes it: sources in rows, targets in
            columns, NaN or a blank cell where nothing was measured.
        level: share of the unmeasured cells that intervals are to cover, in (0, 1).
        chosen: how the cells were picked, which decides what is promised. ``by-hand``: nothing is known of
            it, and nothing is guaranteed; ``random``: all cells are missing at random; ``drawn``: those in
            ``drawn`` were drawn at random from the unmeasured ones and all measured, and intervals cover with
            probability ``level``, however the others were picked.
        model: name of a model, such as ``matrix-normal+z``; ``auto`` takes ``prior-fitted`` if its error in
            cross-validation on the measured cells is within one standard error of the smallest of a short
            list, else the one with the smallest (:func:`recovery.candidates.best`).
        seed: seed of folds, initial weights and draws.
        drawn: cells from :func:`recovery.draw.draw_cells` with their measured values, as a frame or a file.
        tasks: a file with groups, kinds and numbers of the tasks, which models then see.
        pairs: a file with what is known of each transfer without measuring it, which models then see.
        lower_is_better: the values are errors or losses.

    Returns:
        The recovered matrix, in the user's own unit and direction.

    Raises:
        UserError: for a mistake in the files or options.

    >>> matrix = pd.DataFrame({"b": [.1, .2, .3, None], "c": [.4, .1, None, .2]}, index=[*"adef"])
    >>> recovery = recover(matrix, model="source-mean")
    >>> recovery
    Recovery(DataFrame: 2 of 8 transfers recovered by source-mean; unbounded: too few cells to calibrate on)
    >>> recovery.matrix().isna().sum().sum()
    np.int64(0)
    """
    refuse_large_file(table, fix=f"recover it by `affinity-bench recover {quote(str(table))}`")
    measurements = prepare(
        table,
        level=level,
        chosen=chosen,
        drawn=drawn,
        tasks=tasks,
        pairs=pairs,
        lower_is_better=lower_is_better,
    )
    return recover_prepared(measurements, level=level, chosen=chosen, model=model, seed=seed)


def prepare(
    table: AffinityTable | str | Path | pd.DataFrame,
    *,
    level: float,
    chosen: str,
    drawn: str | Path | pd.DataFrame | None,
    tasks: str | Path | None,
    pairs: str | Path | None,
    lower_is_better: bool,
) -> Measurements:
    """Read everything and refuse what is wrong, before anything is computed; as :func:`recover`."""
    check_level(level)
    check_chosen(chosen, has_drawn=drawn is not None)
    measurements = read_measurements(table, tasks=tasks, pairs=pairs, lower_is_better=lower_is_better)
    return measurements if drawn is None else with_drawn(measurements, drawn)


def recover_prepared(
    measurements: Measurements,
    *,
    level: float,
    chosen: str,
    model: str,
    seed: int,
    on_candidate: Callable[[Expectation], None] = lambda _: None,
) -> Recovery:
    """Recover from measurements; as :func:`recover`.

    Args:
        measurements: the matrix, with drawn cells if ``chosen`` is ``drawn``.
        level: as there.
        chosen: as there.
        model: as there.
        seed: as there.
        on_candidate: called with what is expected of each model as soon as it is known.

    Returns:
        The recovered matrix.
    """
    tried: list[Candidate] = []
    threads = torch.get_num_threads()
    # The caller's random states, number of threads and warnings stay as they are.
    with isolate_rng(), warnings.catch_warnings():
        try:
            for candidate in try_models(
                models_to_try(model, measurements), measurements.table, measurements.fitted, seed=seed
            ):
                tried.append(candidate)
                on_candidate(candidate.expected)
        finally:
            torch.set_num_threads(threads)
    return fill_in(
        measurements,
        best(tried) if model == AUTO else tried[-1],
        expectations=[each.expected for each in tried],
        promise=check_chosen(chosen, has_drawn=bool(measurements.drawn.any())),
        level=level,
        seed=seed,
    )


def models_to_try(model: str, measurements: Measurements) -> list[str]:
    """The short list, or the model that was named after the source mean that it is compared with."""
    if model == AUTO:
        return shortlist(measurements.table)
    return list(dict.fromkeys([SOURCE_MEAN, model]))
