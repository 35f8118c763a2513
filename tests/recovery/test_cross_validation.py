"""Each fold is predicted without it."""

from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable
from lit_models.registry import load_model
from recovery.candidates import expectation, held_out_errors
from recovery.cross_validation import MOST_STRETCH, cross_validate, make_folds
from recovery.predictions import predict


def test_a_held_out_prediction_does_not_see_its_fold(whole: AffinityTable) -> None:
    measured = whole.eligible & (np.random.default_rng(0).random(whole.value.shape) < 0.5)
    fold_of = make_folds(measured, folds=4)
    assert ((fold_of >= 0) == measured).all()
    changed = replace(whole, value=np.where(fold_of == 2, 99.0, whole.value))
    one, two = (
        cross_validate(load_model("source-mean"), table, measured, fold_of) for table in (whole, changed)
    )
    hidden = fold_of == 2
    np.testing.assert_array_equal(one.held_out_score[hidden], two.held_out_score[hidden])
    np.testing.assert_array_equal(one.held_out_mean[fold_of == 2], one.fold_mean[2][fold_of == 2])
    assert (one.mean != two.mean).any()
    residual = (whole.value - one.held_out_mean) / one.held_out_scale
    assert np.isfinite(one.residual).all()
    # Up to the factor of its own residual, which it does not see.
    ratio = (one.residual / residual)[measured & (np.abs(residual) > 1e-9)]
    assert 0.6 < ratio.min() < 1.0 < ratio.max() < 1.6


def test_two_measured_cells_are_two_folds() -> None:
    measured = np.zeros((4, 4), bool)
    measured[0, 1] = measured[2, 3] = True
    for seed in range(5):
        assert sorted(make_folds(measured, seed=seed)[measured]) == [0, 1]


def test_cells_that_share_no_row_and_no_column_are_not_all_in_one_fold() -> None:
    fold_of = make_folds(np.eye(20, dtype=bool), folds=10)
    assert np.bincount(fold_of[fold_of >= 0]).tolist() == [2] * 10


def test_expectations_are_of_held_out_predictions(whole: AffinityTable) -> None:
    """By hand for two targets: one ordered as it is, one the other way round; and their errors."""
    value = np.full((5, 5), np.nan)
    value[:3, 3] = [1.0, 2.0, 3.0]
    value[:3, 4] = [1.0, 2.0, 3.0]
    measured = np.isfinite(value)
    table = replace(
        whole,
        value=value,
        eligible=measured,
        task_names=tuple("abcde"),
        groups=("",) * 5,
        kinds=("",) * 5,
        features=None,
    )
    cv = cross_validate(load_model("source-mean"), table, measured, make_folds(measured, folds=2))
    score = np.zeros((5, 5))
    score[:3, 3], score[:3, 4] = [0.0, 1.0, 2.0], [2.0, 1.0, 0.0]
    cv = replace(cv, held_out_score=score, held_out_mean=np.where(measured, value + 0.5, 0.0))
    found = expectation("mine", cv, table, held_out_errors(cv, table))
    assert found.spearman == 0.0
    assert found.regret == 0.5  # none for one target, the whole range for the other
    np.testing.assert_allclose(found.error, 0.5 / value[:3, 3].std())


def test_a_timid_model_is_stretched(whole: AffinityTable) -> None:
    """Kernel ridge with a large ridge orders sources as before, but says that they hardly differ."""
    measured = whole.eligible & (np.random.default_rng(0).random(whole.value.shape) < 0.5)
    fold_of = make_folds(measured)
    config = load_model("kernel-ridge")
    timid = config.model_copy(update={"init_args": {**config.init_args, "ridge": 30.0}})
    found = cross_validate(timid, whole, measured, fold_of)
    plain = predict(timid, whole, [measured]).mean()[0]
    after, before = (each[:, 5] - each[:, 5].mean() for each in (found.mean, plain))
    np.testing.assert_allclose(np.abs(after) / np.abs(before), (after / before)[0], rtol=1e-6)
    assert 1.5 < (after / before)[0] < MOST_STRETCH + 1e-9
