"""Predictions come from the chosen entries alone, and go with the unit."""

from dataclasses import replace

import numpy as np
import pytest

from datamodules.affinity_table import AffinityTable
from lit_models.registry import load_model
from recovery.predictions import predict

MODELS = ["source-mean", "kernel-ridge+z", "prior-fitted"]


@pytest.mark.parametrize("name", MODELS)
def test_what_is_hidden_changes_nothing(name: str, whole: AffinityTable) -> None:
    rng = np.random.default_rng(0)
    masks = [whole.eligible & (rng.random(whole.value.shape) < share) for share in (0.4, 0.7)]
    shown = masks[0] | masks[1]
    other = replace(whole, value=np.where(shown, whole.value, 1e6))
    one, two = (predict(load_model(name), table, masks) for table in (whole, other))
    np.testing.assert_array_equal(one.mean(), two.mean())
    np.testing.assert_array_equal(one.scale, two.scale)
    alone = predict(load_model(name), whole, masks[1:])
    np.testing.assert_allclose(one.mean()[1], alone.mean()[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_a_target_in_another_unit_is_predicted_in_it(name: str, whole: AffinityTable) -> None:
    mask = whole.eligible & (np.random.default_rng(0).random(whole.value.shape) < 0.6)
    factor = np.ones(len(whole.task_names))
    factor[3] = 1000.0
    first = predict(load_model(name), whole, [mask])
    scaled = predict(load_model(name), replace(whole, value=whole.value * factor), [mask])
    targets = mask.any(0)
    np.testing.assert_allclose(
        scaled.mean()[0][:, targets], (first.mean()[0] * factor)[:, targets], rtol=1e-4, atol=1e-4
    )


def test_a_model_that_knows_its_uncertainty_is_not_equally_sure(whole: AffinityTable) -> None:
    mask = whole.eligible & (np.random.default_rng(0).random(whole.value.shape) < 0.6)
    sure = predict(load_model("prior-fitted"), whole, [mask]).scale[0]
    plain = predict(load_model("source-mean"), whole, [mask]).scale[0]
    assert (sure > 0.0).all()
    assert (plain.std(0) < 1e-9).all()
    assert (sure.std(0) > 1e-3).all()
    np.testing.assert_allclose(predict(load_model("prior-fitted"), whole, [mask]).scale[0], sure)


def test_a_trained_model_is_fitted_to_all_choices_at_once(whole: AffinityTable) -> None:
    config = load_model("source-target-profile")
    config = config.model_copy(update={"training": config.training.model_copy(update={"epochs": 3})})
    masks = [
        whole.eligible & (np.random.default_rng(seed).random(whole.value.shape) < 0.6) for seed in (0, 1)
    ]
    found = predict(config, whole, masks)
    assert found.mean().shape == (2, 25, 25)
    assert np.isfinite(found.mean()).all()
