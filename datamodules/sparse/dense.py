"""A sparse table as a matrix, and a matrix as a sparse table."""

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.sparse.table import SparseAffinityTable


def to_dense(table: SparseAffinityTable) -> AffinityTable:
    """The matrix of a sparse table, for models that read matrices: memory for N × N cells.

    Args:
        table: S sources × T targets over N tasks.

    Returns:
        [N, N]: tasks in the order of ``table.task_names``; only measured cells are eligible.
    """
    count = len(table.task_names)
    value = np.full((count, count), np.nan)
    value[table.source_task[table.source], table.target_task[table.target]] = table.value
    return AffinityTable(
        name=table.name,
        regime="own",
        label="value",
        unit=table.unit,
        task_names=table.task_names,
        value=value,
        eligible=np.isfinite(value),
        groups=("",) * count,
        kinds=("",) * count,
    )


def to_sparse(table: AffinityTable) -> SparseAffinityTable:
    """The measured cells of a matrix.

    Args:
        table: [N, N], source × target.

    Returns:
        Its eligible cells with a value; tasks without any cell as a source are no sources, and likewise for
        targets.
    """
    measured = table.eligible & np.isfinite(table.value)
    sources, targets = np.flatnonzero(measured.any(1)), np.flatnonzero(measured.any(0))
    block = np.ix_(sources, targets)
    source, target = measured[block].nonzero()
    return SparseAffinityTable(
        name=table.name,
        unit=table.unit,
        source_names=tuple(table.task_names[task] for task in sources),
        target_names=tuple(table.task_names[task] for task in targets),
        source=source.astype(np.int32),
        target=target.astype(np.int32),
        value=table.value[block][source, target].astype(np.float32),
    )
