"""A user's own matrix, and what is known of its tasks, from a file or a data frame to a table."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.measured_embeddings import read_similarities, read_vectors
from datamodules.own_matrix.checks import check_benchable, check_recoverable
from datamodules.own_matrix.columns import LongColumns
from datamodules.own_matrix.frame import frame_grid
from datamodules.own_matrix.grid import Grid, name_of, read_grid
from datamodules.own_matrix.pair_file import read_pairs
from datamodules.own_matrix.reading import HowToRead, Reading, size_in_words
from datamodules.own_matrix.task_metadata import TaskMetadata, read_tasks
from datamodules.own_matrix.wide_and_long import read_block
from datamodules.replicates import Replicates
from datamodules.text_vectors import is_installed, text_vectors


def read_own_table(
    path: Path,
    *,
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
) -> AffinityTable:
    """Read a matrix as :func:`read_file` does, without the remarks.

    Args:
        path: the matrix.
        lower_is_better: see :class:`HowToRead`.
        tasks: see there.
        pairs: see there.
        columns: see there.
        transpose: see there.

    Returns:
        The table.

    Raises:
        UserError: for every mistake in the files: what, where, and how to mend it.
    """
    how = HowToRead(
        lower_is_better=lower_is_better, tasks=tasks, pairs=pairs, columns=columns, transpose=transpose
    )
    return read_file(path, how).table


def read_file(path: Path, how: HowToRead) -> Reading:
    """Read a matrix from a file of one of :data:`datamodules.own_matrix.grid.ENDINGS`.

    The form is recognised. Long: exactly the columns ``source``, ``target`` and ``value``, in any order; with
    a column ``seed`` or ``replicate`` more, a pair has a row per run, the value is their mean and the table
    has ``replicates``. Wide: sources in the first column, targets in the header. A blank, NaN, NA and the
    like are not measured. Names are text, kept without the white space around them; a name on both sides is
    one task. The diagonal is read but never eligible. What would probably be misread is refused.

    Args:
        path: the matrix.
        how: how to read it.

    Returns:
        The table over the N sources and targets, sources first, in the order of first appearance.

    Raises:
        UserError: for every mistake in the files: what, where, and how to mend it.
    """
    return _read(read_grid(path), how)


def read_frame_to_recover(frame: pd.DataFrame, how: HowToRead) -> Reading:
    """Take a matrix whose missing cells are to be recovered from a data frame.

    Args:
        frame: wide or long, as the files of :func:`read_file`.
        how: how to read it.

    Returns:
        The table, named ``DataFrame``, as that of :func:`read_file_to_recover`.

    Raises:
        UserError: as there.
    """
    return _read(frame_grid(frame), how, every_pair=True)


def read_file_to_recover(path: Path, how: HowToRead) -> Reading:
    """Read a matrix whose blank cells are to be recovered.

    Args:
        path: as for :func:`read_file`; the name of a source or target may stand there without a value.
        how: how to read it.

    Returns:
        The table. Every pair of a source and another target is eligible; ``value`` is NaN where not measured.

    Raises:
        UserError: as there.
    """
    return _read(read_grid(path), how, every_pair=True)


def read_frame(frame: pd.DataFrame, how: HowToRead) -> Reading:
    """Take a matrix from a data frame, to be benchmarked.

    Args:
        frame: wide or long, as the files of :func:`read_file`.
        how: how to read it.

    Returns:
        The table, named ``DataFrame``.

    Raises:
        UserError: as there, and for a matrix too small to be benchmarked.
    """
    reading = _read(frame_grid(frame), how)
    check_benchable(reading.table)
    return reading


def _read(grid: Grid, how: HowToRead, *, every_pair: bool = False) -> Reading:
    """The table; transfers that were not measured are eligible if every pair is."""
    path = grid.path
    block = read_block(grid, columns=LongColumns.of(how.columns), transpose=how.transpose)
    names = tuple(dict.fromkeys(block.sources + block.targets))
    index = {name: i for i, name in enumerate(names)}
    cells = np.ix_(*([index[name] for name in side] for side in (block.sources, block.targets)))
    value = np.full((len(names), len(names)), np.nan)
    value[cells] = -block.value if how.lower_is_better else block.value
    np.fill_diagonal(value, np.nan)
    measured = np.isfinite(value)
    possible = np.zeros_like(measured)
    possible[cells] = True
    np.fill_diagonal(possible, False)
    known = (
        TaskMetadata.unknown(len(names)) if how.tasks is None else read_tasks(how.tasks, names, matrix=path)
    )
    table = AffinityTable(
        name=name_of(path),
        regime="own",
        label="value",
        unit="as given, negated" if how.lower_is_better else "as given",
        task_names=names,
        value=value,
        eligible=possible if every_pair else measured,
        groups=known.groups,
        kinds=known.kinds,
        features=known.features if known.feature_names else None,
        feature_names=known.feature_names,
        vectors=_text(known) | (read_vectors(how.tasks.parent, names) if how.tasks else {}),
        similarities=read_similarities(how.tasks.parent, names) if how.tasks else {},
        pairs={} if how.pairs is None else read_pairs(how.pairs, names, value=value, matrix=path),
        replicates=None if block.replicates is None else _square(block.replicates, cells, measured),
    )
    check_recoverable(table, where=path, may_be_blank=how.may_be_blank)
    size = size_in_words(block.sources, block.targets, measured, names)
    return Reading(table=table, remarks=(size, *block.remarks))


def _text(known: TaskMetadata) -> dict[str, FloatMatrix]:
    """Vectors of the descriptions, if there are any and the extra that makes them is installed."""
    return {"text": text_vectors(known.descriptions)} if known.descriptions and is_installed() else {}


def _square(block: Replicates, cells: tuple[npt.NDArray[np.int64], ...], measured: BoolMatrix) -> Replicates:
    """The replicates of a block of sources × targets as [N, N]."""
    count = np.zeros(measured.shape, dtype=np.int64)
    deviation = np.full(measured.shape, np.nan)
    count[cells], deviation[cells] = block.count, block.deviation
    return Replicates(count=np.where(measured, count, 0), deviation=np.where(measured, deviation, np.nan))
