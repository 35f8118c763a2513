"""What training on a sparse table will take, measured on a part of the table before it starts."""

import sys
import time
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytorch_lightning as pl

from benchmark.running.fit_sparse import count_epochs, fit_sparse, sparse_data_for
from benchmark.running.memory.budget import MemoryBudget, in_words
from benchmark.running.memory.probe import peak_on_cpu
from datamodules.errors import UserError
from datamodules.sparse.splits import hide_cells
from datamodules.sparse.table import SparseAffinityTable
from lit_models.loading.config import ModelConfig

SAMPLE_CELLS = 50_000
TIMED_EPOCHS = 4
SMALLEST = "source-mean"
GRAPH_BYTES = 40  # of a cell: its ends, scores and masks


@dataclass(frozen=True, kw_only=True)
class SparseEstimate:
    """Time and memory of a training.

    Attributes:
        model: name of the model.
        seconds: of all epochs.
        peak_bytes: the most that the process has at a time, with the table that it has read.
    """

    model: str
    seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        """In words, as of a large matrix."""
        time_ = timedelta(seconds=max(1, round(self.seconds)))
        return f"{self.model}: about {time_}, about {in_words(self.peak_bytes)}"

    def check_fits(self, budget: MemoryBudget) -> None:
        """Refuse a training that does not fit.

        Args:
            budget: what there is.

        Raises:
            UserError: if it is too little.
        """
        has = budget.cell_bytes(accelerator="cpu")
        if self.peak_bytes > has:
            smaller = (
                f"name a smaller model, such as --model {SMALLEST}, or " if self.model != SMALLEST else ""
            )
            raise UserError(
                f"{self.model} needs about {in_words(self.peak_bytes)}, and it may take {in_words(has)}: "
                f"{smaller}give it more memory"
            )


def estimate_sparse_fit(
    config: ModelConfig, table: SparseAffinityTable, *, epochs: int | None = None, seed: int
) -> SparseEstimate:
    """Train on some of the sources, for a few epochs: time and memory grow with the cells.

    Args:
        config: the model.
        table: the table.
        epochs: passes over the cells at most; those of the configuration if None.
        seed: draws the sources.

    Returns:
        The estimate.

    Raises:
        UserError: if the model has no sparse form.
    """
    part = some_sources(table, cells=SAMPLE_CELLS, seed=seed)
    data = sparse_data_for(config, part, hide_cells(part, seed=seed))
    timer = _EpochTimer()

    def train() -> None:
        fit_sparse(config, data, seed=seed, epochs=TIMED_EPOCHS, callbacks=[timer]).scores(
            part.source, part.target
        )

    peak = peak_on_cpu(train)
    started = time.perf_counter()
    train()
    seconds = time.perf_counter() - started
    if timer.epoch_seconds:
        seconds = timer.epoch_seconds * (epochs or count_epochs(config, data))
    larger = len(table.value) / len(part.value)
    return SparseEstimate(
        model=config.name,
        seconds=larger * seconds,
        peak_bytes=_peak_so_far() + GRAPH_BYTES * len(table.value) + round(larger * peak),
    )


class _EpochTimer(pl.Callback):
    """Times the epochs of a training, their validation included."""

    def __init__(self) -> None:
        self._starts: list[float] = []

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002  # Lightning's
        """Forget an earlier training."""
        self._starts = []

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002  # Lightning's
        """An epoch begins, and the one before it is over."""
        self._starts.append(time.perf_counter())

    @property
    def epoch_seconds(self) -> float:
        """Median over all epochs but the last; 0 where nothing is trained."""
        return float(np.median(np.diff(self._starts))) if self._starts else 0.0


def _peak_so_far() -> int:
    if sys.platform == "win32":
        return 0  # not known there
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def some_sources(table: SparseAffinityTable, *, cells: int, seed: int) -> SparseAffinityTable:
    """All cells of sources that are drawn at random until they have so many.

    Args:
        table: the table.
        cells: how many cells; the table itself if it has no more.
        seed: draws the sources.

    Returns:
        The part, with all targets.
    """
    if len(table.value) <= cells:
        return table
    order = np.random.default_rng(seed).permutation(len(table.source_names))
    enough = int(np.searchsorted(table.cells_per_source[order].cumsum(), cells)) + 1
    kept = np.sort(order[:enough])
    number = np.full(len(order), -1)
    number[kept] = np.arange(len(kept))
    own = number[table.source] >= 0
    return SparseAffinityTable(
        name=table.name,
        unit=table.unit,
        source_names=tuple(table.source_names[each] for each in kept),
        target_names=table.target_names,
        source=number[table.source[own]],
        target=table.target[own],
        value=table.value[own],
    )
