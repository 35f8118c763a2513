"""A split within a split: entries to choose hyper-parameters on, apart from those that select a state."""

from dataclasses import replace

import numpy as np

from datamodules.matrix_types import BoolMatrix
from datamodules.splits.protocol import DEVELOPMENT_SEED, Split, validation_entries, validation_sides

# Stands in the seed where the number of folds stands in those of other draws, which is never 1.
_NESTED = 1


def nested_split(split: Split, eligible: BoolMatrix) -> Split:
    """Take new validation entries out of the observed ones, and hide a split's own from the fit altogether.

    What selects a state cannot score it as well: the more a fit wanders, the better its best state looks on
    the few entries that chose it, and a search would end at high learning rates.

    Args:
        split: the split.
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        The split with other ``observed`` and ``validation`` entries, which together were all observed before:
        a tenth of them, or in the inductive setting all of two more tasks that are treated as new.
    """
    rng = np.random.default_rng([DEVELOPMENT_SEED, _NESTED, split.number])
    if not split.new.any():
        validation = validation_entries(split.observed, rng=rng)
    else:
        chosen = np.zeros_like(split.new)
        has_entries = np.logical_or(split.observed.any(0), split.observed.any(1))
        for side, count in validation_sides(eligible):
            chosen[rng.permutation(side[has_entries[side]])[:count]] = True
        validation = split.observed & (chosen[:, None] | chosen[None, :])
    return replace(split, observed=split.observed & ~validation, validation=validation)
