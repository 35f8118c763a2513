"""The targets that a campaign is about."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import BoolMatrix


def wanted_targets(table: AffinityTable, targets: str | Sequence[str] | None) -> BoolMatrix:
    """[1, N] bool, the targets that matter: those named, a single one, or all.

    Raises:
        UserError: for an unknown target, or none.
    """
    known = target_names(table, table.eligible.any(0))
    named = known if targets is None else [targets] if isinstance(targets, str) else targets
    if not len(named):
        raise UserError(
            "targets is an empty list, for which there is nothing to plan: name one, or leave it out"
        )
    for name in named:
        if name not in known:
            raise unknown_name("target", name, known)
    return np.array([[name in named for name in table.task_names]])


def target_names(table: AffinityTable, wanted: npt.ArrayLike) -> list[str]:
    """Names of targets, in the order of the table.

    Args:
        table: the matrix.
        wanted: [N] or [1, N] bool, true at the targets.
    """
    return [table.task_names[each] for each in np.flatnonzero(wanted)]
