"""A name that does not exist is answered with the nearest one and with all of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from datamodules.errors import UserError, unknown_name
from datamodules.registry import DATASETS, find_source

OWN_MATRIX = Path(__file__).parents[2] / "docs" / "own-matrix.md"


def test_a_near_miss_is_answered_with_the_nearest_name_and_all_of_them_in_order() -> None:
    error = unknown_name("model", "garvity", ["vgae", "gravity", "gae"])
    assert str(error) == "unknown model 'garvity': did you mean 'gravity'? Known: gae, gravity, vgae."


def test_a_far_miss_gets_no_guess() -> None:
    assert str(unknown_name("model", "xyz", ["gae", "svd"])) == "unknown model 'xyz': Known: gae, svd."


def test_known_names_may_come_from_any_iterable() -> None:
    names = dict.fromkeys(("b", "a"))
    assert str(unknown_name("x", "q", iter(names))) == str(unknown_name("x", "q", names))


def test_a_users_mistake_can_be_caught_as_a_value_error() -> None:
    error = unknown_name("model", "x", [])
    assert isinstance(error, UserError)
    assert isinstance(error, ValueError)


def test_every_dataset_is_found_by_its_own_name() -> None:
    assert DATASETS
    for name, source in DATASETS.items():
        assert source.name == name
        assert find_source(name) is source


@pytest.mark.parametrize(
    "read",
    [
        lambda: find_source("taskonmy"),
        lambda: find_source("prompt-transfer").read(regime="t5-bas"),
        lambda: find_source("taskonomy").read(label="winrat"),
    ],
)
def test_answers_are_documented_as_they_are(read: Callable[[], object]) -> None:
    with pytest.raises(UserError) as answer:
        read()
    assert f"| {answer.value} |" in OWN_MATRIX.read_text(encoding="utf-8")


def test_a_misspelt_dataset_is_answered_with_the_right_one() -> None:
    with pytest.raises(UserError, match="unknown dataset 'taskonmy': did you mean 'taskonomy'"):
        find_source("taskonmy")
