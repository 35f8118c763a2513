"""Protocol version 1 is frozen: the splits of every committed matrix, by their hashes.

If a line fails, published results no longer compare: restore the splits, or raise ``PROTOCOL_VERSION`` and
write the file anew. A new dataset adds its lines.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from datamodules.registry import DATASETS
from datamodules.splits.protocol import MASKS, PROTOCOL_VERSION, make_splits

FROZEN = Path(__file__).with_name("split_hashes_v1.json")


@cache
def digest(eligible: bytes, tasks: int, place: str) -> str:
    """The hash of the hashes of splits, which depend on nothing but the eligible entries."""
    matrix = np.frombuffer(eligible, dtype=bool).reshape(tasks, tasks)
    if place == "inductive":
        splits = make_splits(matrix, setting="inductive")
    else:
        splits = make_splits(matrix, setting="transductive", mask=place)
    return hashlib.sha256("".join(split.hash for split in splits).encode()).hexdigest()


def digests() -> Iterator[tuple[str, str]]:
    """Every matrix × setting × ratio, and the hash of its splits' hashes."""
    for name, source in DATASETS.items():
        for regime in source.regimes:
            eligible = source.read(regime=regime, label=next(iter(source.labels))).eligible
            for place in (*MASKS, "inductive"):
                yield f"{name} {regime} {place}", digest(eligible.tobytes(), len(eligible), place)


def test_splits_of_every_committed_matrix_are_frozen() -> None:
    assert PROTOCOL_VERSION == 1
    assert dict(digests()) == json.loads(FROZEN.read_text(encoding="utf-8"))
