"""Shams: who knows the real matrix is found, and who learns from what is shown is not."""

import numpy as np
import pytest
from scipy.stats import kstest

from benchmark.running.fit_model import data_for, fit_model
from benchmark.verifying import sham
from benchmark.verifying.sham import judge_sham, sham_table
from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS
from datamodules.standardise import z_scores
from lit_models.registry import load_model

TABLE = DATASETS["taskonomy"].read()


def honest_scores(name: str, seed: int) -> tuple[np.ndarray, list]:
    config = load_model(name)
    data = data_for(config, sham_table(TABLE, rng=np.random.default_rng(seed)), setting="transductive")
    scores = fit_model(config, data, members=1, seed=0).scores(data.predict_dataloader())
    return scores.mean(1).double().numpy(), data.splits


def test_a_sham_holds_the_values_of_every_target_elsewhere() -> None:
    dealt = sham_table(TABLE, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(np.isnan(dealt.value), np.isnan(TABLE.value))
    np.testing.assert_array_equal(np.sort(dealt.value, 0), np.sort(TABLE.value, 0))
    assert (dealt.value == TABLE.value).mean() < 0.2
    assert dealt.eligible is TABLE.eligible  # and so the splits are the same
    assert sorted(dealt.groups) == sorted(TABLE.groups) != list(dealt.groups)


def test_a_pairs_features_go_with_its_value() -> None:
    table = DATASETS["medmnist"].read()
    dealt = sham_table(table, rng=np.random.default_rng(0))
    name = next(iter(table.pairs))

    def together(of: AffinityTable) -> set[tuple[float, float]]:
        return {*zip(of.value[of.eligible], np.nan_to_num(of.pairs[name])[of.eligible], strict=True)}

    assert together(dealt) == together(table)


def test_who_knows_the_matrix_is_found_and_who_mixes_it_with_an_honest_guess_too() -> None:
    scores, splits = honest_scores("source-mean", 1)
    truth = z_scores(TABLE.value, TABLE.eligible)
    rng = np.random.default_rng(0)
    found = judge_sham(np.broadcast_to(truth, scores.shape), splits, TABLE, rng=rng)
    assert found.is_alarm
    assert found.correlation > 0.95
    assert judge_sham(scores / scores.std() + truth, splits, TABLE, rng=rng).is_alarm
    assert not judge_sham(scores, splits, TABLE, rng=rng).is_alarm


def test_constant_scores_say_nothing() -> None:
    scores, splits = honest_scores("source-mean", 1)
    assert judge_sham(np.zeros_like(scores), splits, TABLE, rng=np.random.default_rng(0)) == (0.0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["source-mean", "z-svd3", "kernel-ridge"])
def test_p_is_uniform_for_an_honest_model(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sham, "PERMUTATIONS", 499)
    rng = np.random.default_rng(0)
    found = [judge_sham(*honest_scores(name, seed), TABLE, rng=rng).p for seed in range(60)]
    assert kstest(found, "uniform").pvalue > 0.01
