"""Provenance of a board: versions, hashes, dates, and the command that reproduces it."""

import hashlib
import shlex
from dataclasses import dataclass

from datamodules.registry import DATASETS
from datamodules.splits.protocol import INDUCTIVE_SPLITS, MASKS
from leaderboard.boards.aggregate import Board


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Provenance of a board.

    Attributes:
        protocol_version: version of splits, labels and metrics.
        dataset_hash: SHA-256 of the matrix.
        splits_hash: SHA-256 over the hashes of all splits, in order.
        splits: number of splits.
        made: date of the oldest result and, if different, of the newest.
        command: command that reproduces the board.
    """

    protocol_version: int
    dataset_hash: str
    splits_hash: str
    splits: int
    made: str
    command: str


def provenance(board: Board, *, location: str | None) -> Provenance:
    """Collect the provenance of a board.

    Args:
        board: the board.
        location: path of the dataset, if it is a user's own matrix.

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
        command=_command(board, location),
    )


def _command(board: Board, location: str | None) -> str:
    place, runs = board.place, [result.run for result in board.results]
    published = place.dataset in DATASETS
    words = ["affinity-bench", "run", "--dataset", place.dataset if published else location or "PATH"]
    if published:
        words += ["--regime", place.regime, "--label", place.label]
    words += ["--setting", place.setting]
    if place.mask:
        words += ["--mask", place.mask]
    numbers = board.results[0].data.split_numbers
    if len(numbers) < _all_splits(board):
        words += ["--splits", str(len(numbers))]
    members = {run.members for run in runs} - {1}
    if members and members != {8}:
        words += ["--members", str(max(members))]
    if seeds := {run.seed for run in runs} - {0}:
        words += ["--seed", str(max(seeds))]
    epochs = {
        result.run.epochs
        for result in board.results
        if result.run.epochs != result.model.config.training.epochs
    }
    if epochs:
        words += ["--epochs", str(max(epochs))]
    words += ["--model", ",".join(sorted(result.model.config.name for result in board.results))]
    return shlex.join(words)


def _all_splits(board: Board) -> int:
    """Number of splits that the protocol defines for the board's setting and mask."""
    if board.place.mask is None:
        return INDUCTIVE_SPLITS
    plan = MASKS[board.place.mask]
    return plan.folds * plan.repeats
