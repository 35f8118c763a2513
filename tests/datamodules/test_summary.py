"""What is said of a table, by hand and on the committed ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS
from datamodules.splits.protocol import make_splits
from datamodules.summary import summarise_table


@pytest.fixture(scope="module")
def taskonomy() -> AffinityTable:
    return DATASETS["taskonomy"].read(regime="16k", label="ahp")


def with_values(table: AffinityTable, value: np.ndarray) -> AffinityTable:
    return replace(table, value=np.where(table.eligible, value, np.nan))


def test_taskonomy_is_25_sources_by_22_targets(taskonomy: AffinityTable) -> None:
    summary = summarise_table(taskonomy)
    assert (summary.tasks, summary.sources, summary.targets, summary.eligible) == (25, 25, 22, 528)
    assert summary.measured_share == 1.0
    assert summary.scorable == {"1/3": 22, "1/2": 22, "2/3": 22}


def test_a_hole_lowers_the_measured_share(taskonomy: AffinityTable) -> None:
    eligible = taskonomy.eligible.copy()
    eligible[tuple(np.argwhere(eligible)[7])] = False
    assert summarise_table(replace(taskonomy, eligible=eligible)).measured_share == 527 / 528


def test_a_symmetric_matrix_of_one_scale_has_asymmetry_one(taskonomy: AffinityTable) -> None:
    steps = np.abs(np.subtract.outer(np.arange(25), np.arange(25))) % 25.0
    circle = np.minimum(steps, 25 - steps)
    square = replace(taskonomy, eligible=~np.eye(25, dtype=bool))
    assert summarise_table(with_values(square, circle)).asymmetry == pytest.approx(1.0)
    turned = np.subtract.outer(np.arange(25), np.arange(25)) % 25.0
    assert summarise_table(with_values(square, turned)).asymmetry == pytest.approx(-1.0)


def test_asymmetry_agrees_with_scipy(taskonomy: AffinityTable) -> None:
    z = np.full((25, 25), np.nan)
    for target in np.flatnonzero(taskonomy.eligible.any(0)):
        z[:, target] = stats.zscore(taskonomy.value[:, target], nan_policy="omit")
    both = taskonomy.eligible & taskonomy.eligible.T
    assert summarise_table(taskonomy).asymmetry == pytest.approx(stats.pearsonr(z[both], z.T[both]).statistic)


def test_a_table_without_mutual_transfers_has_no_asymmetry(taskonomy: AffinityTable) -> None:
    bipartite = np.zeros((25, 25), dtype=bool)
    bipartite[:12, 12:] = True
    square = replace(taskonomy, eligible=bipartite, value=np.arange(625.0).reshape(25, 25))
    assert np.isnan(summarise_table(square).asymmetry)


def test_ties_are_counted_within_targets(taskonomy: AffinityTable) -> None:
    constant_columns = np.broadcast_to(np.arange(25.0), (25, 25))
    summary = summarise_table(with_values(taskonomy, constant_columns))
    assert summary.tied_share == 1.0
    assert summary.scorable == {"1/3": 0, "1/2": 0, "2/3": 0}
    assert summarise_table(taskonomy).tied_share == 0.0


@pytest.mark.parametrize("name", ["prompt-transfer", "qm9-properties", "medmnist"])
def test_what_is_told_without_splits_is_what_the_splits_say(name: str) -> None:
    """A target counts with three queries of two distinct values in every split: asked of the splits here."""
    source = DATASETS[name]
    for regime in source.regimes:
        table = source.read(regime=regime)
        for mask, counted in summarise_table(table).scorable.items():
            splits = make_splits(table.eligible, setting="transductive", mask=mask)
            columns = [
                [table.value[split.query[:, t], t] for split in splits] for t in range(len(table.value))
            ]
            assert counted == sum(
                all(len(each) >= 3 and len(set(each)) >= 2 for each in column) for column in columns
            )
