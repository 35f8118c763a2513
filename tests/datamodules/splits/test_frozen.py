"""Protocol version 1 is frozen: the splits of every committed matrix, by their hashes.

If a line fails, published results no longer compare: restore the splits, or raise ``PROTOCOL_VERSION`` and
write the file anew. A new dataset adds its lines.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from datamodules.registry import DATASETS
from datamodules.splits.protocol import MASKS, PROTOCOL_VERSION, make_splits

FROZEN = Path(__file__).with_name("split_hashes_v1.json")


def digests() -> Iterator[tuple[str, str]]:
    """Every matrix × setting × ratio, and the hash of its splits' hashes."""
    for name, source in DATASETS.items():
        for regime in source.regimes:
            eligible = source.read(regime=regime, label=next(iter(source.labels))).eligible
            for place in (*MASKS, "inductive"):
                if place == "inductive":
                    splits = make_splits(eligible, setting="inductive")
                else:
                    splits = make_splits(eligible, setting="transductive", mask=place)
                hashes = "".join(split.hash for split in splits)
                yield f"{name} {regime} {place}", hashlib.sha256(hashes.encode()).hexdigest()


def test_splits_of_every_committed_matrix_are_frozen() -> None:
    assert PROTOCOL_VERSION == 1
    assert dict(digests()) == json.loads(FROZEN.read_text(encoding="utf-8"))
