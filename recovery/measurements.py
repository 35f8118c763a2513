"""A partly measured matrix: what was measured, what was drawn at random, and what is left to recover."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.own_matrix.reading import HowToRead, Reading
from datamodules.own_matrix.source import OwnMatrix
from datamodules.own_matrix.table import read_frame_to_recover
from datamodules.registry import find_source


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurements:
    """A partly measured matrix over N tasks, source × target, higher is better.

    Attributes:
        table: the matrix. ``eligible`` are all transfers that exist, measured or not; ``value`` is NaN where
            not measured.
        lower_is_better: whether the values were negated when they were read.
        drawn: [N, N] bool, the measured cells that were drawn at random, which calibrate and are not fitted.
        remarks: how a user's matrix was read: its size, and what was taken to mean something other than what
            is written; none for a table or a dataset.
    """

    table: AffinityTable
    lower_is_better: bool
    drawn: BoolMatrix
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, table: AffinityTable, *, lower_is_better: bool = False, remarks: tuple[str, ...] = ()
    ) -> Self:
        """Measurements without drawn cells, of a table as in :attr:`table`."""
        drawn = np.zeros_like(table.eligible, dtype=bool)
        return cls(table=table, lower_is_better=lower_is_better, drawn=drawn, remarks=remarks)

    @property
    def known(self) -> BoolMatrix:
        """[N, N] bool, every cell with a measured value."""
        return self.table.eligible & np.isfinite(self.table.value)

    @property
    def fitted(self) -> BoolMatrix:
        """[N, N] bool, the cells that models see: measured and not drawn."""
        return self.known & ~self.drawn

    @property
    def unmeasured(self) -> BoolMatrix:
        """[N, N] bool, the cells to recover."""
        return self.table.eligible & ~self.known

    def in_own_unit(self, value: FloatMatrix) -> FloatMatrix:
        """Values in the direction that the user gave them."""
        return -value if self.lower_is_better else value


def read_measurements(
    source: AffinityTable | str | Path | pd.DataFrame,
    *,
    tasks: str | Path | None = None,
    pairs: str | Path | None = None,
    lower_is_better: bool = False,
    may_be_blank: bool = False,
) -> Measurements:
    """Take a partly measured matrix from a file, a data frame, a table or a dataset.

    Args:
        source: a matrix as :func:`datamodules.load_table.load_table` takes it, with blank cells (NaN) where
            nothing was measured; or a table, whose sources and targets are the tasks with a measured transfer
            in that role.
        tasks: for a matrix of one's own: a file with groups, kinds and numbers of its tasks.
        pairs: for a matrix of one's own: a file with what is known of each transfer without measuring it.
        lower_is_better: for a matrix of one's own: the values are errors or losses.
        may_be_blank: for a matrix of one's own: nothing need be measured yet.

    Returns:
        The measurements, without drawn cells.

    Raises:
        UserError: for a mistake in the files, or a matrix from which nothing can be recovered.
    """
    metadata, of_pairs = (None if path is None else Path(path) for path in (tasks, pairs))
    if isinstance(source, pd.DataFrame):
        how = HowToRead(
            tasks=metadata, pairs=of_pairs, lower_is_better=lower_is_better, may_be_blank=may_be_blank
        )
        return _as_read(read_frame_to_recover(source, how), lower_is_better=lower_is_better)
    if isinstance(source, AffinityTable):
        if lower_is_better or tasks or pairs:
            raise UserError(
                "lower_is_better, tasks and pairs are for a path or a data frame; a table has them already: "
                "pass them to load_table"
            )
        return Measurements.of(_every_pair(source))
    found = find_source(str(source), lower_is_better=lower_is_better, tasks=metadata, pairs=of_pairs)
    if isinstance(found, OwnMatrix):
        found = replace(found, how=replace(found.how, may_be_blank=may_be_blank))
        return _as_read(found.read_to_recover(), lower_is_better=lower_is_better)
    return Measurements.of(_every_pair(found.read()))


def _as_read(reading: Reading, *, lower_is_better: bool) -> Measurements:
    return Measurements.of(reading.table, lower_is_better=lower_is_better, remarks=reading.remarks)


def _every_pair(table: AffinityTable) -> AffinityTable:
    """The table with every pair of a source and another target eligible."""
    pairs = np.outer(table.eligible.any(1), table.eligible.any(0))
    np.fill_diagonal(pairs, False)
    return replace(table, eligible=pairs)
