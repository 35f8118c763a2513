"""The network's distributions, in one piece and in parts."""

import numpy as np
import pandas as pd
import pytest

from recovery.measurements import read_measurements
from recovery.posteriors import network as module
from recovery.posteriors.network import CENTRES, NetworkPosterior


@pytest.fixture(scope="module")
def posterior(half: pd.DataFrame) -> NetworkPosterior:
    return NetworkPosterior.read(read_measurements(half).table)


def test_measured_cells_are_what_they_are(posterior: NetworkPosterior) -> None:
    known = posterior.known
    np.testing.assert_array_equal(posterior.mean[known], posterior.score[known])
    assert not posterior.scale[known].any()
    assert set(np.unique(posterior.below[known])) == {0.0, 1.0}


def test_others_have_distributions(posterior: NetworkPosterior, half: pd.DataFrame) -> None:
    open_ = read_measurements(half).unmeasured
    np.testing.assert_allclose(posterior.mass[open_].sum(-1), 1.0, rtol=1e-5)
    assert (posterior.scale[open_] > 0).all()
    assert (np.diff(posterior.below, axis=-1) >= 0).all()
    middle = np.abs(CENTRES).argmin()
    above = posterior.mean > CENTRES[middle] + 1.0
    assert (posterior.below[above & open_][:, middle] < 0.5).all()


def test_parts_cover_every_transfer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TASKS", 10)
    eligible = ~np.eye(23, dtype=bool)
    covered = np.zeros(eligible.shape, dtype=int)
    for sources, targets in module._parts(eligible):
        assert len(np.union1d(sources, targets)) <= 10
        covered[np.ix_(sources, targets)] += 1
    assert (covered == 1).all()
