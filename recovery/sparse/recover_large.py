"""Recovering cells of a table too large for a matrix, in memory that grows with its measured cells."""

import time
from collections import deque
from importlib.metadata import version
from math import inf
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmark.reporting.console import say
from benchmark.results.atomic_files import check_writable, write_together
from benchmark.running.cell import library_versions
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.sparse_estimate import estimate_sparse_fit
from benchmark.sparse.run_large import SPARSE_MODELS
from datamodules.sparse.large_file import LargeFile
from datamodules.sparse.splits import hide_cells
from lit_models.registry import load_model
from lit_models.sparse.registry import build_sparse_model
from recovery.candidates import AUTO, SOURCE_MEAN, Expectation
from recovery.intervals.interval import metric_range
from recovery.intervals.quantile import check_level
from recovery.progress import RecoverProgress
from recovery.saved_files import CELLS, RECORD
from recovery.sparse.asked import best_of_targets, cells_of_list, pairs_of_list
from recovery.sparse.candidates import try_sparse_models
from recovery.sparse.predictor import Predictor
from recovery.sparse.record import SparseRecord
from recovery.sparse.recovered_file import write_cells
from recovery.words import number

TOP = 10  # sources of every target
HIDDEN_SHARE = 0.1  # of each target's cells, to choose a model and to calibrate


def recover_large(
    file: LargeFile,
    *,
    cells: Path | None,
    top: int,
    level: float,
    model: str,
    lower_is_better: bool,
    seed: int,
    out: Path,
    console: Console,
) -> None:
    """Recover a list of cells, or the best of every target, and write them as they come.

    Args:
        file: the table.
        cells: a file with the columns ``source`` and ``target``; None for the best of every target.
        top: how many of each target, at most.
        level: share of cells that intervals are to cover.
        model: name of a model, or ``auto``: the one with the smallest error on hidden cells.
        lower_is_better: the values are errors or losses.
        seed: seed of the hidden cells and of initial weights.
        out: folder for cells.parquet and recovery.json.
        console: for what is read, what it will take, and what came out.

    Raises:
        UserError: for a mistake in the files or options, or too little memory.
    """
    check_level(level)
    configs = [load_model(name) for name in _models(model)]
    for config in configs:
        build_sparse_model(config, num_tasks=2)  # refuses what has no sparse form, before anything is read
    check_writable(out)
    say(console, file)
    table = file.read(lower_is_better=lower_is_better)
    if cells is not None:
        # Refuses what is wrong with it before anything is fitted.
        deque(pairs_of_list(table, cells), maxlen=0)
    with console.status("measuring what the models need"):
        for config in configs:
            estimate = estimate_sparse_fit(config, table, seed=seed)
            estimate.check_fits(MemoryBudget())
            say(console, estimate)
    split = hide_cells(table, share=HIDDEN_SHARE, seed=seed)
    started = time.monotonic()
    expectations: list[Expectation] = []
    with RecoverProgress(console=console, models=[config.name for config in configs]) as progress:
        for candidate in try_sparse_models(configs, table, split, level=level, seed=seed):
            # Only the best so far is kept: each holds the table's graph.
            best_error = min((each.error for each in expectations), default=inf)
            if model != AUTO or candidate.expected.error < best_error:
                chosen = candidate
            expectations.append(candidate.expected)
            progress.finish(candidate.expected)
    fit_seconds = time.monotonic() - started
    predict = Predictor(chosen.fitted, chosen.calibration)
    bounds = metric_range((-table.value if lower_is_better else table.value).astype(np.float64))
    written = write_cells(
        out / CELLS,
        best_of_targets(table, predict, top=top) if cells is None else cells_of_list(table, cells, predict),
        table=table,
        calibration=chosen.calibration,
        lower_is_better=lower_is_better,
        bounds=bounds,
    )
    record = SparseRecord(
        name=table.name,
        table_hash=table.hash,
        model=chosen.expected.model,
        sources=len(table.source_names),
        targets=len(table.target_names),
        measured=len(table.value),
        hidden=chosen.calibration.cells,
        level=level,
        expectations=expectations,
        asked=f"the {top} best of every target" if cells is None else f"those of {cells.name}",
        written=written,
        lower_is_better=lower_is_better,
        bounds=bounds,
        seed=seed,
        fit_seconds=round(fit_seconds, 1),
        versions=library_versions() | {"affinity-bench": version("affinity-bench")},
    )
    write_together({out / RECORD: record.model_dump_json(indent=2).encode()})
    say(console, _outcome(record))
    say(console, f"{out / CELLS} in {time.monotonic() - started:.0f} s")


def _models(model: str) -> list[str]:
    """The short list, or the model that was named after the source mean that it is compared with."""
    return list(SPARSE_MODELS if model == AUTO else dict.fromkeys([SOURCE_MEAN, model]))


def _outcome(record: SparseRecord) -> str:
    by_model = {each.model: each.spearman for each in record.expectations}
    return (
        f"{record.written:,} cells, {record.asked}, by {record.model}. On {record.hidden:,} hidden cells its "
        f"per-target Spearman is {number(by_model[record.model])}, the source mean's "
        f"{number(by_model[SOURCE_MEAN])}, and {record.level:.0%} of them lie in their intervals. Of cells "
        "that were picked otherwise than the measured ones, such as the best of a target, nothing is "
        "guaranteed."
    )
