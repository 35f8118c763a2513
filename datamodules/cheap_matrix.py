"""A cheaper measurement of a matrix as a pair feature; one that tells what is hidden is refused."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import FloatMatrix
from datamodules.tables.dataset import Dataset

CHEAP = "cheap"  # the pair feature's name


def read_with_cheap(dataset: Dataset, *, cheap: str, dear: Sequence[str]) -> AffinityTable:
    """Read a matrix with a cheaper one of the same dataset as its only pair feature.

    Args:
        dataset: a dataset.
        cheap: one of its regimes, or of its pair features.
        dear: one of its regimes, or several, of which the mean is taken where all have a transfer.

    Returns:
        The dear matrix under its headline label, in the order of its own tasks. Its pair feature ``cheap`` is
        NaN where the cheap matrix lacks the transfer. Replicates are left out.

    Raises:
        UserError: for an unknown regime, or a cheap matrix that shares measurements with the dear one.

    >>> from datamodules.tables.mini_vision import MINI_VISION
    >>> list(read_with_cheap(MINI_VISION, cheap="seed-0", dear=["seed-1", "seed-2"]).pairs)
    ['cheap']
    """
    tables = [dataset.read(regime=regime) for regime in dear]
    first = tables[0]
    if cheap in dataset.regimes:
        refuse_shared(dataset, cheap=cheap, dear=dear)
        feature = _aligned(dataset.read(regime=cheap), first)
    elif cheap in first.pairs:
        feature = first.pairs[cheap]
    else:
        raise unknown_name("cheap matrix", cheap, [*dataset.regimes, *first.pairs])
    value = np.mean([_aligned(table, first) for table in tables], axis=0)
    return replace(
        first,
        regime="+".join(dear),
        value=value,
        eligible=np.isfinite(value),
        pairs={CHEAP: feature},
        replicates=None,
    )


def refuse_shared(dataset: Dataset, *, cheap: str, dear: Sequence[str]) -> None:
    """Refuse a cheap matrix one of whose measurements is one of the dear ones.

    Args:
        dataset: a dataset.
        cheap: the regime of the cheap matrix.
        dear: the regimes of the dear one.

    Raises:
        UserError: if the regimes are the same, or one contains what the other does.
    """
    for regime in dear:
        shared = {cheap, *dataset.contains.get(cheap, ())} & {regime, *dataset.contains.get(regime, ())}
        if shared:
            raise UserError(
                f"{dataset.name} {cheap} is no cheap matrix beside {regime}: both rest on the measurements "
                f"of {' and '.join(sorted(shared))}, so that one tells what is hidden of the other"
            )


def _aligned(table: AffinityTable, like: AffinityTable) -> FloatMatrix:
    """The values of a table in another's order of tasks, NaN where it lacks them."""
    frame = table.to_frame()
    names = list(like.task_names)
    return frame.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
