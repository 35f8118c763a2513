"""Cheap and dear matrices: which are refused, and that none of the track's tells what is hidden."""

import numpy as np
import pytest

from datamodules.cheap_matrix import CHEAP, read_with_cheap, refuse_shared
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from datamodules.tables.mini_vision import MINI_VISION
from datamodules.tables.taskonomy import TASKONOMY
from recovery.tracks.fidelity.matrices import MATRICES, CheapAndDear, matrices_of


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        ("all-seeds", ["seed-0"]),
        ("seed-0", ["all-seeds"]),
        ("seed-1", ["seed-0", "seed-1"]),
        ("all-seeds", ["all-seeds"]),
    ],
)
def test_a_matrix_that_holds_the_other_is_refused(cheap: str, dear: list[str]) -> None:
    with pytest.raises(UserError, match="both rest on the measurements of"):
        read_with_cheap(MINI_VISION, cheap=cheap, dear=dear)


def test_the_same_networks_are_one_measurement() -> None:
    with pytest.raises(UserError, match="test-subset"):
        refuse_shared(TASKONOMY, cheap="test-subset", dear=["16k"])
    refuse_shared(TASKONOMY, cheap="1k", dear=["16k"])


def test_every_mean_over_regimes_is_declared() -> None:
    """A regime whose replicates are the matrices of other regimes contains these."""
    for dataset in DATASETS.values():
        for regime, parts in dataset.contains.items():
            assert {regime, *parts} <= set(dataset.regimes)
            assert regime not in parts
    with_runs = []
    for name, dataset in DATASETS.items():
        tables = {regime: dataset.read(regime=regime) for regime in dataset.regimes}
        for regime, table in tables.items():
            others = [each.value for other, each in tables.items() if other != regime]
            runs = table.replicates.runs if table.replicates is not None else None
            if runs is not None and any(
                np.array_equal(run, other, equal_nan=True) for run in runs for other in others
            ):
                with_runs.append((name, regime))
    assert sorted(with_runs) == [("mini-driving", "all-seeds"), ("mini-vision", "all-seeds")]
    for name, regime in with_runs:
        assert set(DATASETS[name].contains[regime]) == {"seed-0", "seed-1", "seed-2"}


@pytest.mark.parametrize("matrices", MATRICES, ids=lambda each: each.title)
def test_the_cheap_matrix_is_the_only_pair_feature_and_not_the_dear_one(matrices: CheapAndDear) -> None:
    table = matrices.read()
    assert list(table.pairs) == [CHEAP]
    assert table.replicates is None
    both = table.eligible & np.isfinite(table.pairs[CHEAP])
    assert both.sum() >= 0.9 * table.eligible.sum()
    assert not np.array_equal(table.value[both], table.pairs[CHEAP][both])


def test_a_mean_of_regimes_by_hand() -> None:
    table = read_with_cheap(MINI_VISION, cheap="seed-0", dear=["seed-1", "seed-2"])
    one, other, cheap = (MINI_VISION.read(regime=f"seed-{seed}") for seed in (1, 2, 0))
    assert table.task_names == one.task_names == other.task_names == cheap.task_names
    np.testing.assert_allclose(table.value, (one.value + other.value) / 2)
    np.testing.assert_array_equal(table.pairs[CHEAP], cheap.value)
    assert table.regime == "seed-1+seed-2"


def test_names_are_checked() -> None:
    assert len(matrices_of("all")) == len(MATRICES)
    assert [each.cheap for each in matrices_of("prompt-transfer")] == ["roberta", "t5-small"]
    with pytest.raises(UserError, match="no cheap matrix is known of qm9-properties: choose from taskonomy"):
        matrices_of("qm9-properties")
    with pytest.raises(UserError, match="did you mean"):
        read_with_cheap(MINI_VISION, cheap="seed-00", dear=["seed-1"])
