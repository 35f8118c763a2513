"""The Gaussian process over sources against its formulas."""

import numpy as np

from recovery.posteriors.gaussian_columns import LEVEL, NOISE, GaussianColumns


def world() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    value = rng.normal(size=(7, 3)) @ rng.normal(size=(3, 7))
    return value, ~np.eye(7, dtype=bool)


def test_a_column_is_conditioned_as_a_gaussian_is() -> None:
    value, known = world()
    known[3:, 2] = False
    columns = GaussianColumns.fit(value, known)
    posterior = columns.column(2, pending=np.zeros_like(known))
    measured = np.flatnonzero(known[:, 2])
    prior = columns.covariance + LEVEL
    own = prior[np.ix_(measured, measured)] + NOISE * np.eye(len(measured))
    weight = prior[:, measured] @ np.linalg.inv(own)
    residual = columns.score[measured, 2] - columns.mean[measured]
    np.testing.assert_allclose(posterior.mean, columns.mean + weight @ residual)
    np.testing.assert_allclose(posterior.covariance, prior - weight @ prior[measured], atol=1e-12)
    assert np.linalg.eigvalsh(columns.covariance).min() > -1e-9


def test_a_pending_run_makes_surer_and_moves_nothing() -> None:
    value, known = world()
    known[3:, 2] = False
    columns = GaussianColumns.fit(value, known)
    pending = np.zeros_like(known)
    before = columns.column(2, pending=pending)
    pending[5, 2] = True
    after = columns.column(2, pending=pending)
    np.testing.assert_array_equal(after.mean, before.mean)
    assert (after.scale <= before.scale + 1e-9).all()
    assert after.scale[5] < NOISE**0.5 < before.scale[5]
