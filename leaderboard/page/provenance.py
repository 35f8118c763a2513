"""Provenance of a board: versions, hashes, dates, and the commands that make it again."""

import hashlib
from dataclasses import dataclass

from benchmark.scoring.measured import HEADLINE
from datamodules.own_matrix.source import OwnMatrix
from leaderboard.boards.aggregate import Board
from leaderboard.page.commands import commands


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Provenance of a board.

    Attributes:
        protocol_version: version of splits, labels and metrics.
        dataset_hash: SHA-256 of the matrix.
        splits_hash: SHA-256 over the hashes of all splits, in order.
        splits: number of splits.
        made: date of the oldest result and, if different, of the newest.
        values: number of (split, target) pairs that the most complete result counts.
        commands: commands that make the results again, one per effort spent.
    """

    protocol_version: int
    dataset_hash: str
    splits_hash: str
    splits: int
    made: str
    values: int
    commands: list[str]


def provenance(board: Board, *, own: OwnMatrix | None) -> Provenance:
    """Collect the provenance of a board.

    Args:
        board: the board.
        own: the user's own matrix, if the board is on it.

    Returns:
        The provenance, shown below the board.
    """
    first = board.results[0]
    dates = sorted({result.timing.started[:10] for result in board.results})
    return Provenance(
        protocol_version=first.protocol_version,
        dataset_hash=first.data.dataset_hash,
        splits_hash=hashlib.sha256(" ".join(first.data.split_hashes).encode()).hexdigest(),
        splits=len(first.data.split_numbers),
        made=" to ".join(dict.fromkeys((dates[0], dates[-1]))),
        values=max(
            (result.metrics[HEADLINE].counted for result in board.results if HEADLINE in result.metrics),
            default=0,
        ),
        commands=commands(board.results, own),
    )
