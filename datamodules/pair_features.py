"""Pair features: what is known of an ordered pair of tasks before any transfer between them is measured."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import BoolMatrix

NO_PAIRS = "none"
ALL_PAIRS = "all"
MISSING = "missing"  # the indicator's name
RESERVED = (NO_PAIRS, ALL_PAIRS, MISSING)  # no feature may be called so


def pair_feature_names(table: AffinityTable, which: str) -> list[str]:
    """Names of the pair features that a model asks for.

    Args:
        table: the table.
        which: ``none``, ``all``, or the name of one feature.

    Returns:
        The names, in the table's order.

    Raises:
        UserError: if the table has no such feature, or none at all.
    """
    if which == NO_PAIRS:
        return []
    if not table.pairs:
        raise UserError(
            f"{table.name} {table.regime} has no pair features: leave pairs '{which}' out, or bring a file "
            "with --pairs"
        )
    if which == ALL_PAIRS:
        return list(table.pairs)
    if which not in table.pairs:
        raise unknown_name(f"pair feature of {table.name} {table.regime}", which, [*table.pairs, ALL_PAIRS])
    return [which]


def has_missing(table: AffinityTable, names: Sequence[str]) -> bool:
    """Whether any of some features is unknown for any eligible pair."""
    return any(bool((table.eligible & np.isnan(table.pairs[name])).any()) for name in names)


def standardised_pairs(
    table: AffinityTable, names: Sequence[str], fitted_on: BoolMatrix
) -> npt.NDArray[np.float64]:
    """Put pair features on one scale.

    Args:
        table: the table.
        names: P of its features.
        fitted_on: [N, N] bool, eligible pairs that mean and deviation are taken over.

    Returns:
        [N, N, P] float64, z-scores; 0 where unknown or not eligible. If any is unknown for an eligible pair,
        one feature more: 1 for the pairs that lack one, 0 for the others.
    """
    columns = []
    lacking = np.zeros_like(table.eligible)
    for name in names:
        figures = table.pairs[name]
        known = np.isfinite(figures) & table.eligible
        lacking |= table.eligible & ~known
        sample = figures[known & fitted_on]
        mean = sample.mean() if sample.size else 0.0
        # By range: the deviation of equal values can be a rounding error.
        deviation = sample.std() if sample.size and sample.min() < sample.max() else 1.0
        columns.append(np.where(known, (figures - mean) / deviation, 0.0))
    if lacking.any():
        columns.append(lacking.astype(np.float64))
    return np.stack(columns, axis=-1) if columns else np.zeros((*table.eligible.shape, 0))
