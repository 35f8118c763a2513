"""Running models on a table too large for a matrix, one after the other."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmark.metrics.sparse_correlation import sparse_per_target_spearman
from benchmark.progress.sets import SetsProgress
from benchmark.reporting.console import say
from benchmark.reporting.fitting_table import FittingTable, TableColumn
from benchmark.results.atomic_files import check_writable
from benchmark.results.schema import summarise
from benchmark.running.cell import library_versions
from benchmark.running.distributed import from_rank_zero, is_rank_zero
from benchmark.running.fit_sparse import fit_sparse, sparse_data_for
from benchmark.running.processes import Processes
from benchmark.running.sparse_estimate import estimate_sparse_fit
from benchmark.running.trainer import Hardware
from benchmark.scoring.measured import HEADLINE, Measured
from benchmark.sparse.result import SparseCell, SparseResult, finished
from datamodules.sparse.large_file import LargeFile
from datamodules.sparse.splits import SparseSplit, hide_cells
from datamodules.sparse.table import SparseAffinityTable
from lit_models.loading.source_hash import source_hash
from lit_models.registry import load_model
from lit_models.sparse.registry import build_sparse_model

VERSION = 1
# One of each kind that has a sparse form, cheap ones first.
SPARSE_MODELS = ("source-mean", "additive", "pmf", "source-target-dir", "gravity-dir")
HIDDEN_SHARE = 1 / 3


def run_large(
    file: LargeFile,
    *,
    models: Sequence[str],
    splits: int,
    epochs: int | None,
    seed: int,
    lower_is_better: bool,
    hardware: Hardware,
    out: Path,
    force: bool,
    console: Console,
) -> None:
    """Score models on hidden cells, write a result file each, and print the board.

    Args:
        file: the table.
        models: names of models; those of :data:`SPARSE_MODELS` if empty.
        splits: how often a third of each target's cells is hidden anew.
        epochs: passes over the cells at most; None for each model's own.
        seed: seed of initial weights and noise.
        lower_is_better: the values are errors or losses.
        hardware: where to; several processes share each mini-batch.
        out: folder for the result files.
        force: make results that are there again.
        console: for what is read, what it will take, and the board.

    Raises:
        UserError: for a mistake in the file, a model without a sparse form, or too little memory.
    """
    configs = [load_model(name) for name in models or SPARSE_MODELS]
    hashes = [source_hash(build_sparse_model(config, num_tasks=2)) for config in configs]
    Processes(hardware, last_words=lambda: "The same command goes on with the model that was being trained.")
    from_rank_zero(lambda: check_writable(out))
    say(console, file)
    table = file.read(lower_is_better=lower_is_better)
    chosen = [hide_cells(table, share=HIDDEN_SHARE, seed=number) for number in range(splits)]
    cells = [
        SparseCell(
            version=VERSION,
            dataset=table.name,
            table_hash=table.hash,
            split_hashes=[split.hash for split in chosen],
            hidden_share=HIDDEN_SHARE,
            model=config,
            source_hash=own,
            epochs=epochs,
            seed=seed,
        )
        for config, own in zip(configs, hashes, strict=True)
    ]
    there = from_rank_zero(lambda: [None if force else finished(out, cell) for cell in cells])
    with console.status("measuring what the models need"):
        for cell, result in zip(cells, there, strict=True):
            if result is None:
                estimate = estimate_sparse_fit(cell.model, table, epochs=epochs, seed=seed)
                estimate.check_fits(hardware.memory)
                say(console, f"{estimate}{f' a split, of {splits}' if splits > 1 else ''}")
    results = []
    with SetsProgress(console=console, results=len(cells)) as progress:
        for cell, earlier in zip(cells, there, strict=True):
            result = earlier or _score(cell, table, chosen, hardware=hardware)
            if earlier is None and is_rank_zero():
                result.write(out)
            results.append(result)
            progress.finish(f"{cell.model.name}: {_words(result)}", was_there=earlier is not None)
    console.print(_board(table, results))
    say(
        console,
        f"{len(results)} results in {out / table.name}, {len(there) - there.count(None)} already there",
    )


def _score(
    cell: SparseCell, table: SparseAffinityTable, splits: Sequence[SparseSplit], *, hardware: Hardware
) -> SparseResult:
    values, asked, fit_seconds, predict_seconds = [], 0, 0.0, 0.0
    for split in splits:
        fitted = fit_sparse(
            cell.model,
            sparse_data_for(cell.model, table, split),
            seed=cell.seed,
            epochs=cell.epochs,
            hardware=hardware,
        )
        fit_seconds += fitted.fit_seconds
        started = time.perf_counter()
        source, target, truth = table.source[split.query], table.target[split.query], table.value[split.query]
        scores = fitted.scores(source, target)
        predict_seconds += time.perf_counter() - started
        values.append(sparse_per_target_spearman(scores, truth, target, targets=len(table.target_names)))
        asked += len(np.unique(target))
    spearman = summarise(Measured(np.stack(values), asked), task_names=table.target_names)
    return SparseResult(
        cell=cell,
        metrics={HEADLINE: spearman},
        fit_seconds=round(fit_seconds, 2),
        predict_seconds=round(predict_seconds, 2),
        processes=hardware.processes,
        versions=library_versions(),
    )


def _words(result: SparseResult) -> str:
    metric = result.metrics[HEADLINE]
    if metric.mean is None or metric.low is None or metric.high is None:
        return "–"
    return f"{metric.mean:.3f} ± {(metric.high - metric.low) / 2:.3f}"


def _board(table: SparseAffinityTable, results: Sequence[SparseResult]) -> FittingTable:
    ranked = sorted(results, key=lambda result: -(result.metrics[HEADLINE].mean or -1.0))
    return FittingTable(
        title=f"{table.name}: a third of each target's cells hidden, per-target Spearman",
        columns=[TableColumn(heading="model", is_number=False), TableColumn(heading="Spearman")]
        + [TableColumn(heading=heading) for heading in ("fit, s", "predict, s")],
        rows=[
            [
                result.cell.model.name,
                _words(result),
                f"{result.fit_seconds:.1f}",
                f"{result.predict_seconds:.1f}",
            ]
            for result in ranked
        ],
    )
