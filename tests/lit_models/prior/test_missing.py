"""Which transfers exist and which are hidden."""

import numpy as np

from lit_models.prior.missing import _equitable, draw_eligible, draw_hidden

COUNT = 13
FULL = ~np.eye(COUNT, dtype=bool)
VALUE = np.random.default_rng(9).normal(size=(COUNT, COUNT))


def test_tables_are_full_one_sided_bipartite_or_have_holes() -> None:
    kinds = {"full": 0, "without a row or column": 0, "bipartite": 0}
    for seed in range(300):
        eligible = draw_eligible(np.random.default_rng(seed), COUNT)
        assert not np.diag(eligible).any()
        source, target = eligible.any(1), eligible.any(0)
        kinds["full"] += bool(eligible.sum() == FULL.sum())
        kinds["without a row or column"] += bool(not (source.all() and target.all()))
        kinds["bipartite"] += bool(not (source & target).any())
    assert all(number > 5 for number in kinds.values()), kinds


def test_equitable_folds_starve_no_row_and_no_column() -> None:
    for seed in range(100):
        hidden = _equitable(np.random.default_rng(seed), COUNT) & FULL
        for axis in (0, 1):
            count = hidden.sum(axis)
            assert count.max() - count.min() <= 1
        assert 0.15 < hidden[FULL].mean() < 0.7


def test_hidden_entries_exist_and_new_tasks_show_nothing() -> None:
    new_tasks, shares = 0, []
    for seed in range(300):
        hidden = draw_hidden(np.random.default_rng(seed), FULL, VALUE)
        assert not (hidden.mask & ~FULL).any()
        if hidden.new.any():
            new_tasks += 1
            assert hidden.mask[hidden.new][FULL[hidden.new]].all()
            assert hidden.mask[:, hidden.new][FULL[:, hidden.new]].all()
        shares.append(hidden.mask[FULL].mean())
    assert 35 < new_tasks < 85
    assert min(shares) < 0.2
    assert max(shares) > 0.8


def test_someone_measures_what_looks_best() -> None:
    """In some worlds revealed affinities are far above hidden ones; in most they are not."""
    gaps = []
    for seed in range(400):
        mask = draw_hidden(np.random.default_rng(seed), FULL, VALUE).mask
        if (FULL & ~mask).any() and mask.any():
            gaps.append(VALUE[FULL & ~mask].mean() - VALUE[mask].mean())
    high = np.array(gaps) > 0.6
    assert 0.02 < high.mean() < 0.15
    assert abs(np.median(gaps)) < 0.1
