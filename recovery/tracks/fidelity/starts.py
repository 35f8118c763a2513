"""Starts of the fidelity track: which transfers of the dear matrix are known."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from datamodules.splits.folds import equitable_folds
from datamodules.splits.protocol import DEVELOPMENT_SEED

TRACK_VERSION = 1
STARTS = 21
FOLDS = 10
SHARES = {"10 %": 1, "20 %": 2, "40 %": 4}  # folds that are known


class Start(NamedTuple):
    """One choice of known transfers.

    Attributes:
        number: of the start, from 0.
        share: of the transfers, as :data:`SHARES` names it.
        table: the dear matrix with the other values taken out, and the cheap one in full.
        known: [N, N] bool.
        query: [N, N] bool, the transfers to recover.
    """

    number: int
    share: str
    table: AffinityTable
    known: BoolMatrix
    query: BoolMatrix


def starts(table: AffinityTable, *, count: int = STARTS, development: bool = False) -> Iterator[Start]:
    """The starts of a matrix: fixed by the version, the number and which transfers exist.

    Ten folds, to each of which a row or a column gives equally many transfers up to one; a share is that of
    the folds that are known. What is known at a lower share is known at a higher one as well.

    Args:
        table: the dear matrix.
        count: number of starts.
        development: give others, for choices of design; no board uses them.

    Yields:
        Each start at each share.
    """
    seed = DEVELOPMENT_SEED if development else TRACK_VERSION
    for number in range(count):
        rng = np.random.default_rng([seed, FOLDS, number])
        fold_of = equitable_folds(table.eligible, folds=FOLDS, rng=rng)
        for share, folds in SHARES.items():
            known = (fold_of >= 0) & (fold_of < folds)
            hidden = replace(table, value=np.where(known, table.value, np.nan))
            yield Start(number, share, hidden, known, table.eligible & ~known)
