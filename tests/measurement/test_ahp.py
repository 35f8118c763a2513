"""The Analytic Hierarchy Process: by hand, on consistent matrices, and on Taskonomy's published figures."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from datamodules.tables.dataset import TABLES
from measurement.ahp import affinity_from_opponents, ahp, implied_eigenvalue, tournament


def test_tournament_by_hand() -> None:
    losses = [[1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 1.0, 5.0], [0.0, 2.0, 5.0, 9.0]]
    # 0 vs 1: tie, win, loss, win; 0 vs 2: loss, tie, win, win; 1 vs 2: loss, loss, win, win
    expected = [[0.5, 0.625, 0.625], [0.375, 0.5, 0.5], [0.375, 0.5, 0.5]]
    np.testing.assert_allclose(tournament(losses), expected)


@pytest.mark.parametrize("losses", [[1.0, 2.0], [[1.0, float("nan")]], np.empty((0, 3))])
def test_losses_that_are_none_are_refused(losses: object) -> None:
    with pytest.raises(ValueError, match="finite numbers"):
        tournament(losses)  # type: ignore[arg-type]  # the mistake that is tested


@pytest.mark.parametrize(
    "wins", [[[0.5, 0.2, 0.1]], [[0.5, 1.2], [0.1, 0.5]], [[0.5, float("nan")], [0.1, 0.5]]]
)
def test_wins_that_are_none_are_refused(wins: object) -> None:
    with pytest.raises(ValueError, match="wins must be"):
        ahp(wins)  # type: ignore[arg-type]  # the mistake that is tested


def test_ahp_by_hand() -> None:
    """Ratios a12 = 2, a13 = 8, a23 = 2: for 3 × 3, λ = 1 + q + 1/q with q = ∛(a12·a23 / a13)."""
    wins = [[1 / 2, 2 / 3, 8 / 9], [1 / 3, 1 / 2, 2 / 3], [1 / 9, 1 / 3, 1 / 2]]
    q = (2 * 2 / 8) ** (1 / 3)
    eigenvalue = 1 + q + 1 / q
    # and the vector is that of the rows' geometric means: ∛16, 1, 1/∛16
    means = np.array([16.0, 1.0, 1 / 16.0]) ** (1 / 3)
    result = ahp(wins)
    np.testing.assert_allclose(result.share, means / means.sum(), rtol=1e-12)
    assert result.eigenvalue == pytest.approx(eigenvalue)
    assert result.consistency_index == pytest.approx((eigenvalue - 3) / 2)


strengths = st.lists(st.floats(0.1, 3.0), min_size=2, max_size=12)


@given(strengths)
def test_ahp_recovers_the_vector_of_a_consistent_matrix(values: list[float]) -> None:
    v = np.array(values)
    result = ahp(v[:, None] / (v[:, None] + v[None, :]))
    np.testing.assert_allclose(result.share, v / v.sum(), rtol=1e-9)
    assert result.consistency_index == pytest.approx(0.0, abs=1e-9)


@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_ahp_is_equivariant_to_the_order_of_candidates(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses = rng.normal(size=(size, 40)) + rng.normal(size=(size, 1))
    order = rng.permutation(size)
    straight, shuffled = ahp(tournament(losses)), ahp(tournament(losses[order]))
    np.testing.assert_allclose(shuffled.share, straight.share[order], rtol=1e-8)
    assert straight.eigenvalue >= size - 1e-9


def test_extreme_wins_are_clipped() -> None:
    share = ahp([[0.5, 1.0], [0.0, 0.5]]).share
    assert share[0] / share[1] == pytest.approx(999.0)


def taskonomy_candidates() -> list[pd.DataFrame]:
    """All published candidates of each target, higher orders included, in the 16k regime."""
    folder = TABLES / "taskonomy"
    table = pd.concat([pd.read_csv(folder / "transfers.csv"), pd.read_csv(folder / "sets.csv")])
    return [rows.dropna() for _, rows in table[table.regime == "16k"].groupby("target")]


def test_two_opponents_come_close_to_taskonomys_published_affinities() -> None:
    pearson, spearman = [], []
    for rows in taskonomy_candidates():
        share = affinity_from_opponents(rows[["wins_vs_task", "wins_vs_pixels"]].to_numpy())
        published = rows.ahp.to_numpy()
        pearson.append(float(np.corrcoef(np.log(share), np.log(published))[0, 1]))
        spearman.append(float(stats.spearmanr(share, published).statistic))
    assert len(pearson) == 22
    assert np.mean(pearson) >= 0.97
    assert np.mean(spearman) >= 0.95
    means, smallest = (
        [f"{pick(each):.3f}"[1:] for each in (pearson, spearman)] for pick in (np.mean, np.min)
    )
    text = " ".join((TABLES / "taskonomy" / "README.md").read_text(encoding="utf-8").split())
    assert f"Pearson correlation of {means[0]} and a Spearman correlation of {means[1]}" in text
    assert f"(smallest: {smallest[0]} and {smallest[1]})" in text


def test_the_perron_bound_holds_for_taskonomys_published_affinities() -> None:
    exceptions = []
    for rows in taskonomy_candidates():
        own = int(np.flatnonzero(rows.sources == "self")[0])
        eigenvalue = implied_eigenvalue(rows.ahp.to_numpy(), 1.0 - rows.wins_vs_task.to_numpy(), own)
        if eigenvalue < len(rows):
            exceptions.append(f"`{rows.target.iloc[0]}` ({eigenvalue:.2f}, n = {len(rows)})")
    assert len(exceptions) <= 1
    text = " ".join((TABLES / "taskonomy" / "README.md").read_text(encoding="utf-8").split())
    assert f"at least n for {22 - len(exceptions)} of 22 targets, the exception being {exceptions[0]}" in text
