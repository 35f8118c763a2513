"""The parts in which a cell's replicas run, one after another."""

from typing import NamedTuple

import numpy as np


class Chunk(NamedTuple):
    """Replicas that are trained at once: some splits, and some of their members.

    Attributes:
        positions: indices of the splits in the datamodule.
        first_member: number of the first member.
        members: number of members.
    """

    positions: tuple[int, ...]
    first_member: int
    members: int


def make_chunks(*, splits: int, members: int, at_once: int, processes: int = 1) -> list[Chunk]:
    """Divide replicas into as few chunks of even size as fit; all members of a split in one if possible.

    Args:
        splits: number of splits.
        members: copies of each.
        at_once: replicas that one process can hold.
        processes: processes that share the splits of a chunk.

    Returns:
        The chunks; none if they do not fit.

    >>> [len(chunk.positions) for chunk in make_chunks(splits=21, members=8, at_once=70)]
    [7, 7, 7]
    >>> make_chunks(splits=1, members=3, at_once=2)
    [Chunk(positions=(0,), first_member=0, members=2), Chunk(positions=(0,), first_member=2, members=1)]
    """
    per_process = max(1, at_once // members)
    groups = max(1, min(-(-splits // (per_process * processes)), splits // processes))
    chunks: list[Chunk] = []
    for positions in np.array_split(np.arange(splits), groups):
        share = -(-len(positions) // processes)
        if share > at_once:
            return []
        parts = -(-members // (at_once // share))
        chunks += [
            Chunk(tuple(positions.tolist()), int(of_part[0]), len(of_part))
            for of_part in np.array_split(np.arange(members), parts)
        ]
    return chunks
