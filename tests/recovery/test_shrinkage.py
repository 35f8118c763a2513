"""Measured values drawn towards predictions, by hand."""

import numpy as np

from datamodules.replicates import Replicates
from recovery.shrinkage import shrunk, standard_error


def test_weights_are_precisions() -> None:
    one = np.ones((1, 1))
    assert shrunk(10 * one, 0 * one, noise=3 * one, error=one).item() == 1.0  # 1 / (1 + 9)
    assert shrunk(10 * one, 0 * one, noise=0 * one, error=one).item() == 10.0


def test_a_single_run_has_the_deviation_of_the_others() -> None:
    count = np.array([[0, 4], [1, 2]])
    deviation = np.array([[np.nan, 3.0], [np.nan, 1.0]])
    found = standard_error(Replicates(count=count, deviation=deviation), count > 0)
    np.testing.assert_allclose(found, [[0.0, 1.5], [5**0.5, 0.5**0.5]])


def test_without_a_second_run_nothing_is_known() -> None:
    count = np.ones((2, 2), np.int64)
    found = standard_error(Replicates(count=count, deviation=np.full((2, 2), np.nan)), count > 0)
    assert (found == 0.0).all()
