"""The result of a model on a table too large for a matrix, and its file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from benchmark.results.atomic_files import write_together
from benchmark.results.schema import Metric
from benchmark.results.track_files import track_result_there
from lit_models.loading.config import ModelConfig


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SparseCell(_Part):
    """What was scored on what; a result of the same cell need not be made again.

    Attributes:
        version: of splits and metrics.
        dataset: name of the table.
        table_hash: hash of names and cells.
        split_hashes: one hash a split.
        hidden_share: share of each target's cells that a split hides.
        model: the model, all arguments included.
        source_hash: hash of its code.
        epochs: passes over the cells at most; None for the model's own.
        seed: of initial weights and noise.
    """

    version: int
    dataset: str
    table_hash: str
    split_hashes: list[str]
    hidden_share: float
    model: ModelConfig
    source_hash: str
    epochs: int | None
    seed: int


class SparseResult(_Part):
    """Scores of a model, with the metrics of the boards' result files.

    Attributes:
        cell: what was scored.
        metrics: by name; ``spearman`` is per target, as on the boards.
        fit_seconds: time of training on all splits.
        predict_seconds: time of predicting the hidden cells.
        processes: number of processes that trained together.
        versions: of Python and of libraries.
    """

    cell: SparseCell
    metrics: dict[str, Metric]
    fit_seconds: float
    predict_seconds: float
    processes: int
    versions: dict[str, str]

    def write(self, out: Path) -> None:
        """Write it to a folder.

        Raises:
            StorageError: if the folder cannot be written to.
        """
        write_together({result_path(out, self.cell): (self.model_dump_json(indent=1) + "\n").encode()})


def result_path(out: Path, cell: SparseCell) -> Path:
    """Where a result is kept in an output folder."""
    return out / cell.dataset / f"{cell.model.name}.json"


def finished(out: Path, cell: SparseCell) -> SparseResult | None:
    """The result of a cell that is there already; None if there is none."""
    there = track_result_there(result_path(out, cell), SparseResult)
    return there if there and there.cell == cell else None
