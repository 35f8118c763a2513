"""The file that holds the comparisons: ``denoising.csv``, a row for each."""

import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args

import pandas as pd

from benchmark.results.atomic_files import write_together
from benchmark.results.untrusted import RefusedFileError, read_regular
from benchmark.scoring.intervals import Interval
from datamodules.registry import MAX_NAME

FILE = "denoising.csv"
DIGITS = 4

Cells = Literal["hidden", "hidden, whole columns", "measured"]
Estimate = Literal["prediction", "posterior mean", "combined"]
_INTERVALS = ("score", "one_run", "difference")
_NAMES = ("dataset", "regime", "label", "dataset_hash", "model", "source_hash", "cells", "estimate")
MAX_BYTES = 2**24


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

    def is_plausible(self) -> bool:
        """Whether it may be written by this package: names that can be shown, and correlations."""
        names = [str(getattr(self, name)) for name in _NAMES]
        numbers = [*self.score, *self.one_run, *self.difference]
        return (
            all(name.isprintable() and len(name) <= MAX_NAME for name in names)
            and self.cells in get_args(Cells)
            and self.estimate in get_args(Estimate)
            and isinstance(self.runs, int)
            and all(-2 <= number <= 2 for number in numbers)
        )

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


def read_comparisons(folder: Path, *, refuse: Callable[[str], None]) -> list[Comparison]:
    """Read the file of a results folder, which may be anything.

    Args:
        folder: output folder of ``affinity-bench run``.
        refuse: is told in one line if the file is left out.

    Returns:
        The comparisons; none without a file, or with another one.
    """
    path = folder / FILE
    if not path.exists() and not path.is_symlink():
        return []
    try:
        content = read_regular(path, max_bytes=MAX_BYTES)
        table = pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(_NAMES, str), keep_default_na=False)
        found = [Comparison.of_row(row) for row in table.to_dict("records")]
        if not all(each.is_plausible() for each in found):
            raise ValueError("a name or a number is out of range")
    except RefusedFileError as error:
        refuse(f"left out: {error}")
        return []
    except Exception as error:  # what pandas raises for a damaged file may be anything
        reason = f"not a file of `affinity-bench denoise` ({error}): write it again"
        refuse(f"left out: {RefusedFileError(path, reason)}")
        return []
    return found
