"""A user's own matrix, and what is known of its tasks, from a file or a data frame to a table."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.measured_embeddings import read_similarities, read_vectors
from datamodules.own_matrix.checks import check_benchable, check_recoverable
from datamodules.own_matrix.frame import frame_grid
from datamodules.own_matrix.grid import Grid, read_grid
from datamodules.own_matrix.pair_file import read_pairs
from datamodules.own_matrix.task_metadata import TaskMetadata, read_tasks
from datamodules.own_matrix.wide_and_long import read_block
from datamodules.replicates import Replicates
from datamodules.text_vectors import is_installed, text_vectors


def read_own_table(
    path: Path, *, lower_is_better: bool = False, tasks: Path | None = None, pairs: Path | None = None
) -> AffinityTable:
    """Read a matrix from CSV or Parquet.

    The form is recognised. Long: exactly the columns ``source``, ``target`` and ``value``, in any order; with
    a column ``seed`` or ``replicate`` more, a pair has a row per run, the value is their mean and the table
    has ``replicates``. Wide: sources in the first column, targets in the header. A blank cell or NaN is not
    measured. Names are kept to the letter; a name on both sides is one task. The diagonal is read but never
    eligible.

    Args:
        path: the matrix.
        lower_is_better: the values are errors or losses; they are negated.
        tasks: a table with the column ``name``, optionally ``group``, ``kind`` and ``description`` (text),
            and any number of other columns, all numeric, which become task embeddings. Descriptions are
            embedded if the extra ``text`` is installed. ``task2vec.npz`` and ``representation.csv``, which
            ``affinity-bench measure`` writes, are read if they are beside it.
        pairs: a table with the columns ``source`` and ``target`` and numeric columns, which become pair
            features (see :func:`datamodules.own_matrix.pair_file.read_pairs`).

    Returns:
        The table over the N sources and targets, sources first, in the order of first appearance.

    Raises:
        UserError: for every mistake in the files: what, where, and how to mend it.
    """
    return _table(read_grid(path), lower_is_better=lower_is_better, tasks=tasks, pairs=pairs)


def read_table_to_recover(
    path: Path, *, lower_is_better: bool = False, tasks: Path | None = None, pairs: Path | None = None
) -> AffinityTable:
    """Read a matrix whose blank cells are to be recovered.

    Args:
        path: as for :func:`read_own_table`; the name of a source or target may stand there without a value.
        lower_is_better: as there.
        tasks: as there.
        pairs: as there.

    Returns:
        The table. Every pair of a source and another target is eligible; ``value`` is NaN where not measured.

    Raises:
        UserError: as there.
    """
    return _table(read_grid(path), lower_is_better=lower_is_better, tasks=tasks, pairs=pairs, every_pair=True)


def frame_to_recover(
    frame: pd.DataFrame,
    *,
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
) -> AffinityTable:
    """Take a matrix whose missing cells are to be recovered from a data frame.

    Args:
        frame: wide or long, as the files of :func:`read_own_table`.
        lower_is_better: as there.
        tasks: as there, a file.
        pairs: as there, a file.

    Returns:
        The table, named ``DataFrame``, as that of :func:`read_table_to_recover`.

    Raises:
        UserError: as there.
    """
    return _table(
        frame_grid(frame), lower_is_better=lower_is_better, tasks=tasks, pairs=pairs, every_pair=True
    )


def frame_table(
    frame: pd.DataFrame,
    *,
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
) -> AffinityTable:
    """Take a matrix from a data frame, to be benchmarked.

    Args:
        frame: wide or long, as the files of :func:`read_own_table`.
        lower_is_better: as there.
        tasks: as there, a file.
        pairs: as there, a file.

    Returns:
        The table, named ``DataFrame``.

    Raises:
        UserError: as there, and for a matrix too small to be benchmarked.
    """
    table = _table(frame_grid(frame), lower_is_better=lower_is_better, tasks=tasks, pairs=pairs)
    check_benchable(table)
    return table


def _table(
    grid: Grid,
    *,
    lower_is_better: bool,
    tasks: Path | None,
    pairs: Path | None,
    every_pair: bool = False,
) -> AffinityTable:
    """The table; transfers that were not measured are eligible if every pair is."""
    path = grid.path
    block = read_block(grid)
    names = tuple(dict.fromkeys(block.sources + block.targets))
    index = {name: i for i, name in enumerate(names)}
    cells = np.ix_(*([index[name] for name in side] for side in (block.sources, block.targets)))
    value = np.full((len(names), len(names)), np.nan)
    value[cells] = -block.value if lower_is_better else block.value
    np.fill_diagonal(value, np.nan)
    measured = np.isfinite(value)
    possible = np.zeros_like(measured)
    possible[cells] = True
    np.fill_diagonal(possible, False)
    known = TaskMetadata.unknown(len(names)) if tasks is None else read_tasks(tasks, names, matrix=path)
    table = AffinityTable(
        name=path.stem,
        regime="own",
        label="value",
        unit="as given, negated" if lower_is_better else "as given",
        task_names=names,
        value=value,
        eligible=possible if every_pair else measured,
        groups=known.groups,
        kinds=known.kinds,
        features=known.features if known.feature_names else None,
        feature_names=known.feature_names,
        vectors=_text(known) | (read_vectors(tasks.parent, names) if tasks else {}),
        similarities=read_similarities(tasks.parent, names) if tasks else {},
        pairs={} if pairs is None else read_pairs(pairs, names, value=value, matrix=path),
        replicates=None if block.replicates is None else _square(block.replicates, cells, measured),
    )
    check_recoverable(table, where=path)
    return table


def _text(known: TaskMetadata) -> dict[str, FloatMatrix]:
    """Vectors of the descriptions, if there are any and the extra that makes them is installed."""
    return {"text": text_vectors(known.descriptions)} if known.descriptions and is_installed() else {}


def _square(block: Replicates, cells: tuple[npt.NDArray[np.int64], ...], measured: BoolMatrix) -> Replicates:
    """The replicates of a block of sources × targets as [N, N]."""
    count = np.zeros(measured.shape, dtype=np.int64)
    deviation = np.full(measured.shape, np.nan)
    count[cells], deviation[cells] = block.count, block.deviation
    return Replicates(count=np.where(measured, count, 0), deviation=np.where(measured, deviation, np.nan))
