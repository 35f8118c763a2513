"""The file that holds the comparisons: ``denoising.csv``, a row for each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd

from benchmark.results.atomic_files import write_together
from benchmark.scoring.intervals import Interval
from datamodules.errors import UserError

FILE = "denoising.csv"
DIGITS = 4

Cells = Literal["hidden", "hidden, whole columns", "measured"]
Estimate = Literal["prediction", "posterior mean", "combined"]
_INTERVALS = ("score", "one_run", "difference")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A model's values of some cells beside the same cells measured once.

    Attributes:
        dataset: the dataset.
        regime: its regime.
        label: its label.
        dataset_hash: hash of the matrix.
        model: name of the model.
        source_hash: hash of the code that decides its predictions.
        cells: what is compared; over whole columns, each cell is predicted by the split that hides it.
        estimate: where the model's values come from, see :mod:`benchmark.denoising.shrinkage`.
        runs: number of runs, one of which is given; the mean of the others is the truth.
        score: per-target Spearman of the model's values.
        one_run: that of the one run.
        difference: the former minus the latter.
    """

    dataset: str
    regime: str
    label: str
    dataset_hash: str
    model: str
    source_hash: str
    cells: Cells
    estimate: Estimate
    runs: int
    score: Interval
    one_run: Interval
    difference: Interval

    @property
    def verdict(self) -> Literal["better", "worse", "not distinguishable"]:
        """The model's values against one run, by the interval of the difference."""
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else "not distinguishable"

    def row(self) -> dict[str, Any]:
        """One row of the file; intervals become three columns each."""
        flat = {name: value for name, value in asdict(self).items() if name not in _INTERVALS}
        for name in _INTERVALS:
            interval: Interval = getattr(self, name)
            ends = (name, f"{name}_low", f"{name}_high")
            flat |= {end: round(value, DIGITS) for end, value in zip(ends, interval, strict=True)}
        return flat

    @classmethod
    def of_row(cls, row: dict[Any, Any]) -> Self:
        """Read what :meth:`row` has made."""
        intervals: dict[str, Any] = {
            name: Interval(*(float(row.pop(end)) for end in (name, f"{name}_low", f"{name}_high")))
            for name in _INTERVALS
        }
        return cls(**row, **intervals)


def write_comparisons(comparisons: Sequence[Comparison], folder: Path) -> Path:
    """Write the file of a results folder.

    Args:
        comparisons: in the order of the rows.
        folder: output folder of ``affinity-bench run``.

    Returns:
        The file.

    Raises:
        StorageError: if the folder cannot be written to.
    """
    path = folder / FILE
    table = pd.DataFrame([comparison.row() for comparison in comparisons])
    write_together({path: table.to_csv(index=False).encode()})
    return path


def read_comparisons(folder: Path) -> list[Comparison]:
    """Read the file of a results folder.

    Args:
        folder: output folder of ``affinity-bench run``.

    Returns:
        The comparisons; none without a file.

    Raises:
        UserError: if the file has other columns.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    table = pd.read_csv(path)
    try:
        return [Comparison.of_row(row) for row in table.to_dict("records")]
    except (KeyError, TypeError) as error:
        raise UserError(
            f"{path}: not a file of `affinity-bench denoise` ({error}): write it again with "
            f"`affinity-bench denoise --out {folder}`"
        ) from error
