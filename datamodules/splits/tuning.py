"""Nested splits: entries for choosing hyperparameters, separate from those for early stopping."""

from dataclasses import replace

import numpy as np

from datamodules.matrix_types import BoolMatrix
from datamodules.splits.protocol import DEVELOPMENT_SEED, Split, validation_entries, validation_sides

# Replaces the number of folds, which is never 1, in the seed.
_NESTED = 1


def nested_split(split: Split, eligible: BoolMatrix) -> Split:
    """Draw new validation entries from the observed ones, and hide the split's own from the fit altogether.

    The entries that select a state by early stopping cannot score it too: the noisier the training, the
    better its best state looks on these few entries, and a search would end at high learning rates.

    Args:
        split: the split.
        eligible: [N, N] bool, transfers that exist in the table.

    Returns:
        The split with new ``observed`` and ``validation`` entries, which partition the old observed ones:
        validation takes a tenth of them or, in the inductive setting, all entries of two more tasks that are
        treated as new.
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
