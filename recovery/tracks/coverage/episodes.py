"""Episodes of the coverage track: which cells are measured, and which are drawn to calibrate."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from recovery.measurements import Measurements
from recovery.tracks.coverage.patterns import PATTERNS

TRACK_VERSION = 1
FEWEST_DRAWN, MOST_DRAWN = 20, 60
# Of each episode: a draw costs no fit, and coverage varies most with the draw.
DRAWS = 10
# Repeats by the number of tasks: large tables have more cells in each.
REPEATS = ((30, 20), (60, 10), (10_000, 5))


class CoverageEpisode(NamedTuple):
    """One draw of a pattern on one table.

    Attributes:
        pattern: its name.
        repeat: its number, from 0.
        open: the measurements, as the pattern leaves them.
        drawn: the same, each with another draw of cells measured as well.
    """

    pattern: str
    repeat: int
    open: Measurements
    drawn: list[Measurements]


def repeats_for(table: AffinityTable) -> int:
    """How many episodes of each pattern a table has."""
    return next(repeats for most, repeats in REPEATS if len(table.task_names) <= most)


def episodes(table: AffinityTable, pattern: str, *, repeats: int) -> Iterator[CoverageEpisode]:
    """The episodes of a pattern: fixed by the version, the pattern, the repeat and the table.

    A tenth of the unmeasured cells is drawn, at least 20 and at most 60, but never more than a third; ten
    times, each a draw of its own.

    Args:
        table: a measured matrix.
        pattern: one of ``PATTERNS``.
        repeats: how many.

    Yields:
        One by one.
    """
    for repeat in range(repeats):
        rng = np.random.default_rng([TRACK_VERSION, list(PATTERNS).index(pattern), repeat])
        measured = PATTERNS[pattern](table.eligible, table.value, rng)
        hidden = np.argwhere(table.eligible & ~measured)
        count = min(max(FEWEST_DRAWN, min(MOST_DRAWN, len(hidden) // 10)), len(hidden) // 3)
        draws = []
        for _ in range(DRAWS):
            drawn = np.zeros_like(table.eligible)
            drawn[tuple(rng.permutation(hidden)[:count].T)] = True
            draws.append(replace(Measurements.of(_showing(table, measured | drawn)), drawn=drawn))
        yield CoverageEpisode(pattern, repeat, Measurements.of(_showing(table, measured)), draws)


def _showing(table: AffinityTable, measured: BoolMatrix) -> AffinityTable:
    """The table with all but the measured values taken out: nothing that is handed on has them."""
    return replace(table, value=np.where(measured, table.value, np.nan), replicates=None)
