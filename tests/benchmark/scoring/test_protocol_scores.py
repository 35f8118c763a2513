"""From scores to the protocol's metrics: what is compared with what, on real splits."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from benchmark.scoring.measured import HEADLINE
from benchmark.scoring.protocol_scores import score_splits
from datamodules.base import AffinityDataModule
from datamodules.dataset_datamodule import DatasetDataModule


@pytest.fixture(scope="module")
def transductive() -> DatasetDataModule:
    return DatasetDataModule(dataset="taskonomy")


@pytest.fixture(scope="module")
def inductive() -> DatasetDataModule:
    return DatasetDataModule(dataset="taskonomy", setting="inductive")


def truth_as_scores(datamodule: AffinityDataModule) -> np.ndarray:
    value = np.nan_to_num(datamodule.table.value)
    return np.broadcast_to(value, (len(datamodule.splits), *value.shape)).copy()


def test_the_truth_is_a_perfect_prediction(transductive: DatasetDataModule) -> None:
    scores = score_splits(truth_as_scores(transductive), transductive)
    for name, measured in scores.items():
        expected = 0.0 if "regret" in name else 1.0
        if name != "pooled_spearman":  # the truth is not in standardised units
            np.testing.assert_allclose(measured.values[np.isfinite(measured.values)], expected, err_msg=name)


def test_a_constant_prediction_knows_nothing(transductive: DatasetDataModule) -> None:
    scores = score_splits(np.zeros_like(truth_as_scores(transductive)), transductive)
    for name, expected in {HEADLINE: 0.0, "weighted_tau": 0.0, "auc": 0.5, "column.spearman": 0.0}.items():
        values = scores[name].values
        assert (values[np.isfinite(values)] == expected).all(), name


def test_headline_is_scipys_spearman_over_a_targets_queries(
    transductive: DatasetDataModule, rng: np.random.Generator
) -> None:
    scores = rng.normal(size=truth_as_scores(transductive).shape)
    measured = score_splits(scores, transductive)[HEADLINE].values
    split, target = 4, transductive.table.task_names.index("curvature")
    rows = transductive.splits[split].query[:, target]
    expected = stats.spearmanr(scores[split, rows, target], transductive.table.value[rows, target]).statistic
    assert measured[split, target] == pytest.approx(expected, abs=1e-12)


def test_target_means_alone_make_a_high_pooled_spearman(transductive: DatasetDataModule) -> None:
    """Why it is not the headline: it is mostly the targets' scale."""
    scores = score_splits(np.zeros_like(truth_as_scores(transductive)), transductive)
    assert 0.8 < np.nanmean(scores["pooled_spearman"].values) < 0.9
    assert np.nanmean(scores[HEADLINE].values) == 0.0


def test_whole_columns_cover_every_eligible_entry_once_a_repeat(transductive: DatasetDataModule) -> None:
    measured = score_splits(truth_as_scores(transductive), transductive)["column.spearman"]
    assert measured.values.shape == (7, 25)
    assert np.isfinite(measured.values).sum() == measured.asked == 7 * 22


@pytest.mark.parametrize(("mask", "repeats"), [("1/2", 10), ("2/3", 7)])
def test_whole_columns_at_other_ratios(mask: str, repeats: int) -> None:
    datamodule = DatasetDataModule(dataset="taskonomy", mask=mask)  # type: ignore[arg-type]  # a str
    values = score_splits(truth_as_scores(datamodule), datamodule)["column.spearman"].values
    assert np.isfinite(values).sum() == repeats * 22


def test_a_repeat_with_a_fold_left_out_has_no_whole_columns() -> None:
    datamodule = DatasetDataModule(dataset="taskonomy", numbers=(0, 1, 2, 3))
    measured = score_splits(truth_as_scores(datamodule), datamodule)["column.spearman"]
    assert np.isfinite(measured.values).any(1).tolist() == [True, False]


def test_scores_outside_the_queries_do_not_count(
    transductive: DatasetDataModule, rng: np.random.Generator
) -> None:
    scores = rng.normal(size=truth_as_scores(transductive).shape)
    query = np.stack([split.query for split in transductive.splits])
    elsewhere = np.where(query, scores, np.nan)
    others = score_splits(elsewhere, transductive)
    for name, measured in score_splits(scores, transductive).items():
        np.testing.assert_array_equal(measured.values, others[name].values, err_msg=name)


def test_inductive_headline_is_known_to_new(inductive: DatasetDataModule) -> None:
    scores = truth_as_scores(inductive)
    for split, matrix in zip(inductive.splits, scores, strict=True):
        matrix[split.new] *= -1.0  # spoils new→known and new→new alone
    measured = score_splits(scores, inductive)
    assert np.nanmin(measured[HEADLINE].values) == pytest.approx(1.0)
    assert np.nanmax(measured["new_to_known.spearman"].values) == pytest.approx(-1.0)
    assert np.nanmax(measured["new_to_new.concordance"].values) == 0.0


def test_inductive_targets_are_the_new_ones(inductive: DatasetDataModule) -> None:
    values = score_splits(truth_as_scores(inductive), inductive)[HEADLINE].values
    is_target = inductive.table.eligible.any(0)
    new = np.stack([split.new for split in inductive.splits])
    np.testing.assert_array_equal(np.isfinite(values), new & is_target)


def test_standardised_scores_return_to_the_tables_unit(transductive: DatasetDataModule) -> None:
    """Scores that are the truth, standardised as the model saw it, make a perfect pooled Spearman."""
    scores = truth_as_scores(transductive)
    for position, split in enumerate(transductive.splits):
        observed = np.where(split.observed, transductive.table.value, np.nan)
        targets = transductive.table.eligible.any(0)
        mean, deviation = np.nanmean(observed[:, targets], 0), np.nanstd(observed[:, targets], 0)
        scores[position][:, targets] = (scores[position][:, targets] - mean) / deviation
    pooled = score_splits(scores, transductive)["pooled_spearman"].values
    np.testing.assert_allclose(pooled, 1.0, atol=1e-9)


def test_regret_is_a_share_of_the_whole_columns_range(transductive: DatasetDataModule) -> None:
    one = dataclasses.replace(
        transductive.table,
        value=np.where(transductive.table.eligible, transductive.table.value * 10, np.nan),
    )
    scaled = AffinityDataModule(table=one)
    scores = -truth_as_scores(transductive)
    regret, of_scaled = (score_splits(scores, each)["regret@1"].values for each in (transductive, scaled))
    np.testing.assert_allclose(regret, of_scaled)
    assert np.nanmin(regret) > 0.0
    assert np.nanmax(regret) <= 1.0
