"""What noise allows: the published figures, and simulated matrices whose reliability is known."""

import numpy as np
import pytest

from benchmark.results.schema import Place
from datamodules.replicates import Replicates
from leaderboard.boards.reliability import reliability, simulated_reliability, split_half_reliability


def place(dataset: str, regime: str, label: str) -> Place:
    return Place(dataset=dataset, regime=regime, label=label, setting="transductive", mask="1/3")


@pytest.mark.parametrize(
    ("regime", "score"), [("t5l-finetune", 0.90), ("t5b-bitfit", 0.93), ("roberta", 0.89), ("t5s", 0.73)]
)
def test_taskweb_is_as_reliable_as_known(regime: str, score: float) -> None:
    found = reliability(place("taskweb", regime, "score"))
    assert found is not None
    assert found.kind == "replicates"
    assert found.score == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize(
    ("dataset", "regime", "label", "kind"),
    [
        ("mini-vision", "all-seeds", "ahp", "replicates"),
        ("mini-driving", "all-seeds", "ahp", "replicates"),
        ("mini-vision", "seed-0", "ahp", "measured again"),
        ("model-recycling", "deberta-v3-base", "score", "simulated"),
        ("mimic-cotraining", "pairwise", "test", "evaluation only"),
        ("taskonomy", "16k", "ahp", "evaluation only"),
        ("taskonomy", "1k", "ahp", "measured again"),
    ],
)
def test_it_says_what_it_rests_on(dataset: str, regime: str, label: str, kind: str) -> None:
    found = reliability(place(dataset, regime, label))
    assert found is not None
    assert found.kind == kind
    assert 0.0 < found.score < 1.0
    assert found.share(found.score / 2) == 0.5


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert reliability(place("cogtaskonomy", "readme-example", "score")) is None
    assert reliability(place("mine", "own", "value")) is None


@pytest.mark.parametrize("count", [2, 3, 8])
def test_split_halves_find_the_reliability_of_the_mean(count: int) -> None:
    """Signal of variance 1 and noise of variance 1 per run: the mean of R has reliability R / (R + 1)."""
    generator = np.random.default_rng(0)
    runs = generator.normal(size=(200, 200)) + generator.normal(size=(count, 200, 200))
    # Spearman of a normal pair lies below its correlation: 6/π asin(r/2)
    expected = 6 / np.pi * np.arcsin(count / (count + 1) / 2)
    assert split_half_reliability(runs) == pytest.approx(expected, abs=0.02)


def test_simulated_noise_finds_the_same() -> None:
    generator = np.random.default_rng(0)
    value = generator.normal(size=(200, 200)) + 0.5 * generator.normal(size=(200, 200))
    noise = Replicates(count=np.ones((200, 200), dtype=np.int64), deviation=np.full((200, 200), 0.5))
    expected = 6 / np.pi * np.arcsin(1 / 1.25 / 2)
    assert simulated_reliability(value, noise) == pytest.approx(expected, abs=0.02)


def test_one_run_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="two replicates or more"):
        split_half_reliability(np.zeros((1, 3, 3)))
