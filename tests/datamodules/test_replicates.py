"""Counts and deviations of repeated measurements, and which datasets have them."""

import math

import numpy as np
import pytest

from datamodules.registry import DATASETS
from datamodules.replicates import Replicates

WITH_RUNS = {"mini-vision", "mini-driving", "taskweb"}
WITH_DEVIATION_ALONE = {"model-recycling"}


def test_a_blank_run_is_not_counted() -> None:
    nan = math.nan
    runs = np.array([[[1.0, 5.0], [nan, nan]], [[2.0, nan], [nan, 7.0]], [[6.0, nan], [nan, 7.0]]])
    replicates = Replicates.of_runs(runs)
    assert replicates.count.tolist() == [[3, 1], [0, 2]]
    # 1, 2 and 6: squares 4 + 1 + 9 over 2
    np.testing.assert_allclose(replicates.deviation, [[math.sqrt(7), nan], [nan, 0.0]], rtol=1e-15)
    assert replicates.runs is runs


@pytest.mark.parametrize("name", DATASETS)
def test_replicates_are_of_the_eligible_transfers(name: str) -> None:
    table = DATASETS[name].read()
    replicates = table.replicates
    assert (replicates is not None) == (name in WITH_RUNS | WITH_DEVIATION_ALONE)
    if replicates is not None:
        np.testing.assert_array_equal(replicates.count > 0, table.eligible)
        assert np.isfinite(replicates.deviation[table.eligible]).all()
        assert np.isnan(replicates.deviation[~table.eligible]).all()
        assert (replicates.runs is not None) == (name in WITH_RUNS)
