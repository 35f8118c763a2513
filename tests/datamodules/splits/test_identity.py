"""A split is the one its number says, today and tomorrow, and its hash tells it from every other."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.splits.protocol import MASKS, PROTOCOL_VERSION, Mask, Setting, make_splits

SQUARE = ~np.eye(13, dtype=bool)
SEQUENCES: list[tuple[Setting, Mask]] = [
    *(("transductive", mask) for mask in MASKS),
    ("inductive", "1/3"),
]


@pytest.mark.parametrize("development", [False, True])
@pytest.mark.parametrize(("setting", "mask"), SEQUENCES)
def test_a_split_asked_for_by_number_is_the_one_at_that_position(
    setting: Setting, mask: Mask, development: bool
) -> None:
    everything = make_splits(SQUARE, setting=setting, mask=mask, development=development)
    chosen = make_splits(SQUARE, setting=setting, mask=mask, numbers=[19, 0, 4], development=development)
    assert [split.number for split in chosen] == [19, 0, 4]
    assert [split.hash for split in chosen] == [everything[number].hash for number in (19, 0, 4)]


@pytest.mark.parametrize(
    ("setting", "mask", "digest"),
    [
        ("transductive", "1/3", "ec1791979f2cd80f"),
        ("transductive", "1/2", "9968509202258ce8"),
        ("transductive", "2/3", "4d3688e1ce79860b"),
        ("inductive", "1/3", "8bd4e95508f200cd"),
    ],
)
def test_protocol_version_1_never_changes(setting: Setting, mask: Mask, digest: str) -> None:
    """If this fails, published results no longer compare: restore the splits or raise PROTOCOL_VERSION."""
    hashes = "".join(split.hash for split in make_splits(SQUARE, setting=setting, mask=mask))
    assert PROTOCOL_VERSION == 1
    assert hashlib.sha256(hashes.encode()).hexdigest()[:16] == digest


def test_the_hash_sees_every_bit_of_every_mask_and_the_number() -> None:
    split = make_splits(~np.eye(5, dtype=bool), setting="inductive", numbers=[3])[0]
    hashes = {split.hash, replace(split, number=4).hash}
    for field in ("observed", "validation", "query", "new"):
        for bit in np.ndindex(getattr(split, field).shape):
            flipped = getattr(split, field).copy()
            flipped[bit] ^= True
            hashes.add(replace(split, **{field: flipped}).hash)
    assert len(hashes) == 2 + 3 * 25 + 5
    assert replace(split, query=split.query.copy()).hash == split.hash


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"mask": "1/4"}, r"unknown mask '1/4': did you mean '1/3'\? Known: 1/2, 1/3, 2/3\."),
        ({"setting": "inductiv"}, "unknown setting 'inductiv': did you mean 'inductive'"),
        ({"numbers": [0, 21]}, "there is no split 21: choose from the 21 splits 0 to 20"),
        ({"numbers": [20], "mask": "1/2"}, "there is no split 20: choose from the 20 splits"),
        ({"numbers": [21], "setting": "inductive"}, "there is no split 21: choose from the 21 splits"),
        ({"numbers": [-1]}, "there is no split -1: "),
    ],
)
def test_what_does_not_exist_is_a_users_mistake(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        make_splits(SQUARE, **({"setting": "transductive"} | wrong))
