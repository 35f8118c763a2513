"""The retest line, from the committed tables."""

import numpy as np
import pytest

from benchmark.results.schema import Place
from leaderboard.boards.retest import per_target_agreement, retests


def place(dataset: str, regime: str, label: str = "ahp") -> Place:
    return Place(dataset=dataset, regime=regime, label=label, setting="transductive", mask="1/3")


def test_taskonomy_agrees_with_itself_as_published() -> None:
    found = {each.regime: each.score for each in retests(place("taskonomy", "16k"))}
    assert found == {"test-subset": pytest.approx(0.985, abs=0.005), "1k": pytest.approx(0.66, abs=0.02)}


def test_it_is_mutual() -> None:
    (back,) = [each for each in retests(place("taskonomy", "1k")) if each.regime == "16k"]
    (there,) = [each for each in retests(place("taskonomy", "16k")) if each.regime == "1k"]
    assert back.score == pytest.approx(there.score)


def test_other_backbones_and_own_matrices_are_no_retest() -> None:
    assert retests(place("prompt-transfer", "roberta", "score")) == []
    assert retests(place("mine", "own", "value")) == []


def test_a_matrix_made_of_all_seeds_is_not_compared_with_its_parts() -> None:
    assert retests(place("mini-vision", "all-seeds")) == []
    assert {each.regime for each in retests(place("mini-vision", "seed-0"))} == {"seed-1", "seed-2"}


def test_a_target_whose_sources_are_all_the_same_does_not_count() -> None:
    """Unlike one that the other measurement does not order, where nothing agrees."""
    rising, same = np.arange(8.0), np.ones(8)
    own, its = np.stack([rising, rising, same, same], 1), np.stack([-rising, same, rising, same], 1)
    np.testing.assert_allclose(per_target_agreement(own, its), [-1.0, 0.0, np.nan, np.nan])
