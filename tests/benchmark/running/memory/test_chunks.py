"""Chunks: every replica once, none too large, and none without a split for each process."""

from itertools import product

import pytest

from benchmark.running.memory.chunks import Chunk, make_chunks

GRID = [
    (splits, members, at_once, processes)
    for splits, members, at_once, processes in product(
        (1, 2, 7, 21), (1, 3, 8), (1, 2, 5, 30, 168), (1, 2, 3)
    )
    if splits >= processes  # the datamodule refuses others
]


@pytest.mark.parametrize(("splits", "members", "at_once", "processes"), GRID)
def test_every_replica_is_in_one_chunk_and_fits(
    splits: int, members: int, at_once: int, processes: int
) -> None:
    chunks = make_chunks(splits=splits, members=members, at_once=at_once, processes=processes)
    for chunk in chunks:
        assert len(chunk.positions) >= processes
        assert -(-len(chunk.positions) // processes) * chunk.members <= at_once
    replicas = [
        (position, member)
        for chunk in chunks
        for position in chunk.positions
        for member in range(chunk.first_member, chunk.first_member + chunk.members)
    ]
    if chunks:
        assert sorted(replicas) == list(product(range(splits), range(members)))
    else:  # a remainder makes a process take two splits
        assert at_once < -(-splits // (splits // processes))


def test_what_fits_is_one_chunk() -> None:
    assert make_chunks(splits=3, members=2, at_once=6) == [Chunk((0, 1, 2), 0, 2)]


def test_nothing_fits() -> None:
    assert make_chunks(splits=3, members=2, at_once=0) == []
