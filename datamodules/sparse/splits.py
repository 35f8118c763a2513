"""Splits of a sparse table: a share of every target's measured cells is hidden, another for validation."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from datamodules.sparse.table import RANKABLE, SparseAffinityTable
from datamodules.splits.protocol import MIN_QUERIES, VALIDATION_SHARE

Cells = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class SparseSplit:
    """One choice of observed, validation and query cells of a table with E measured cells.

    Attributes:
        seed: what it was drawn by.
        observed: [E] bool, revealed cells to train on.
        validation: [E] bool, revealed cells for early stopping and calibration.
        query: [E] bool, hidden cells to predict.
    """

    seed: int
    observed: Cells
    validation: Cells
    query: Cells

    @property
    def hash(self) -> str:
        """SHA-256 of the three masks."""
        digest = hashlib.sha256(f"sparse:{self.seed}:{len(self.observed)}".encode())
        for mask in (self.observed, self.validation, self.query):
            digest.update(np.packbits(mask).tobytes())
        return digest.hexdigest()


def hide_cells(
    table: SparseAffinityTable,
    *,
    share: float = 1 / 3,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
) -> SparseSplit:
    """Hide a share of each target's cells at random, and set a share of the others aside for validation.

    A target keeps at least two observed cells as long as it has them: fewer have no scale. The choice depends
    on the seed and on which cells are measured, never on a value.

    Args:
        table: E measured cells.
        share: of a target's k cells to hide, in [0, 1), rounded to a number of cells; 0 to hide none.
        validation_share: of what remains, in [0, 1), rounded likewise.
        seed: draws them.

    Returns:
        The split.

    Raises:
        UserError: for a share outside [0, 1), and if cells are hidden but no target gets the three that a
            score of it takes.
    """
    for name, each in (("share", share), ("validation_share", validation_share)):
        if not 0.0 <= each < 1.0:
            raise UserError(f"{name} must be at least 0 and less than 1, got {each}")
    count = table.cells_per_target
    spare = np.maximum(count - RANKABLE, 0)
    hidden = np.minimum(np.rint(share * count).astype(np.int64), spare)
    aside = np.minimum(np.rint(validation_share * (count - hidden)).astype(np.int64), spare - hidden)
    if share > 0.0 and hidden.max() < MIN_QUERIES:
        raise UserError(
            f"{table.name}: a target has at most {int(count.max())} measured cells, of which "
            f"{int(hidden.max())} would be hidden, and a score takes {MIN_QUERIES}. Measure more sources of "
            "the same targets, or hide a larger share."
        )
    place = shuffled_place(table.target, count, np.random.default_rng(seed))
    query = place < hidden[table.target]
    validation = ~query & (place < (hidden + aside)[table.target])
    return SparseSplit(seed=seed, observed=~(query | validation), validation=validation, query=query)


def shuffled_place(
    target: npt.NDArray[np.int32], count: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Shuffle the cells of each target: the place of each cell among those of its target.

    Args:
        target: [E] int32, ascending.
        count: [T] int64, cells of each target.
        rng: draws the order.

    Returns:
        [E] int64; of a target with k cells, 0, ..., k − 1 in random order.
    """
    # Cells stand target by target, so that one sort orders all of them within their targets.
    order = np.argsort(target + rng.random(len(target)))
    place = np.empty(len(target), dtype=np.int64)
    place[order] = np.arange(len(target)) - np.repeat(np.cumsum(count) - count, count)
    return place
