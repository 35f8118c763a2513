"""The targets that a campaign is about."""

from collections.abc import Sequence

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import unknown_name
from datamodules.matrix_types import BoolMatrix


def wanted_targets(table: AffinityTable, targets: Sequence[str] | None) -> BoolMatrix:
    """[1, N] bool, the targets that matter: those named, or all.

    Raises:
        UserError: for an unknown target.
    """
    known = [table.task_names[each] for each in np.flatnonzero(table.eligible.any(0))]
    for name in targets or ():
        if name not in known:
            raise unknown_name("target", name, known)
    wanted = set(known if targets is None else targets)
    return np.array([[name in wanted for name in table.task_names]])
