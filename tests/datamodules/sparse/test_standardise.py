"""z-scores of a sparse table are those of its matrix, and read no hidden value."""

from dataclasses import replace

import numpy as np

from datamodules.sparse.dense import to_dense
from datamodules.sparse.gravity_hub import GravityHub
from datamodules.sparse.splits import hide_cells
from datamodules.sparse.standardise import standardised, target_moments
from datamodules.sparse.table import SparseAffinityTable
from datamodules.standardise import column_moments, z_scores


def test_scores_are_those_of_the_matrix(hub: GravityHub) -> None:
    table, matrix = hub.table, to_dense(hub.table)
    observed = hide_cells(table).observed & (table.target != 5)  # a target without observed cells
    value = table.value.copy()
    value[table.target == 7] = np.float32(0.1)  # a constant one
    table = replace(table, value=value)
    matrix = to_dense(table)
    mask = np.zeros(matrix.value.shape, dtype=bool)
    cells = table.source_task[table.source], table.target_task[table.target]
    mask[cells] = observed
    # A sparse table has no column for a source that is no target.
    columns = np.ix_(np.arange(len(mask)), table.target_task)
    dense = z_scores(matrix.value[columns], mask[columns])[cells[0], table.target]
    moments = target_moments(table, observed)
    np.testing.assert_allclose(standardised(table, observed, moments), dense, rtol=1e-5, atol=1e-6)
    mean, deviation = column_moments(matrix.value[columns], mask[columns])
    np.testing.assert_allclose(moments.mean, mean)
    np.testing.assert_allclose(moments.deviation, deviation)
    assert moments.measured[5] == 0


def test_by_hand(square: SparseAffinityTable) -> None:
    every = np.ones(6, dtype=bool)
    scores = standardised(square, every, target_moments(square, every))
    assert scores.tolist() == [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]


def test_hidden_values_are_not_read(hub: GravityHub) -> None:
    split = hide_cells(hub.table)
    shown = ~split.query
    value = np.where(split.query, 1e6, hub.table.value)
    before, after = (
        standardised(table, split.observed, target_moments(table, split.observed))
        for table in (hub.table, replace(hub.table, value=value))
    )
    np.testing.assert_array_equal(after[shown], before[shown])
