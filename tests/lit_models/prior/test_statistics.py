"""Summary statistics, by hand."""

import numpy as np
import pytest

from lit_models.prior.statistics import summary_statistics

FULL = ~np.eye(3, dtype=bool)


def test_a_table_of_source_means_is_all_source_effect() -> None:
    eligible = np.zeros((5, 5), dtype=bool)
    eligible[:3, 3:] = True  # bipartite: three sources, two targets
    value = np.zeros((5, 5))
    value[:3, 3:] = [[0.0, 10.0], [1.0, 30.0], [5.0, 110.0]]
    found = summary_statistics(value, eligible)
    assert found["source effect"] == pytest.approx(1.0)
    assert np.isnan(found["symmetry"])
    assert found["ties"] == 0.0


def test_a_symmetric_and_an_antisymmetric_table() -> None:
    value = np.array([[0.0, 1.0, -1.0], [1.0, 0.0, 1.0], [-1.0, -1.0, 0.0]])
    # z-scores are ±1; the pairs (0, 1) and (0, 2) agree, and (1, 2) does not.
    found = summary_statistics(value, FULL)
    pairs = np.array([[1, 1], [1, 1], [-1, -1], [-1, -1], [1, -1], [-1, 1]])
    assert found["symmetry"] == pytest.approx(np.corrcoef(pairs.T)[0, 1])


def test_ties_are_counted_within_columns() -> None:
    value = np.array([[0.0, 2.0, 4.0], [3.0, 0.0, 4.0], [3.0, 5.0, 0.0]])
    assert summary_statistics(value, FULL)["ties"] == pytest.approx(4 / 6)


def test_nothing_to_summarise_is_refused() -> None:
    with pytest.raises(ValueError, match="eligible"):
        summary_statistics(np.zeros((3, 3)), FULL & False)
