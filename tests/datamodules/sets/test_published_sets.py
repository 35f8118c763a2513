"""Sets of the published datasets."""

import numpy as np
import pytest

from datamodules.errors import UserError
from datamodules.sets.published_sets import PUBLISHED, published_sets
from datamodules.sets.task_sets import TaskSets


@pytest.fixture(scope="module", params=PUBLISHED)
def sets(request: pytest.FixtureRequest) -> TaskSets:
    return published_sets(request.param)


def test_sets_have_sources_and_a_target_of_the_table(sets: TaskSets) -> None:
    assert (sets.size >= 2).all()
    assert not sets.members[np.arange(len(sets.target)), sets.target].any()
    assert np.isfinite(sets.value).all()
    assert np.isfinite(sets.best_member).all()
    assert sets.table.eligible.any(0)[sets.target].all()


def test_taskonomy_asks_for_orders_two_to_four_only() -> None:
    asked, everything = published_sets("taskonomy"), published_sets("taskonomy", chains=True)
    assert np.bincount(asked.size).tolist() == [0, 0, 208, 214, 300]
    assert everything.size.max() == 24
    # The four blank figures and everything from or to class_selected are left out.
    row = int(np.flatnonzero(asked.size == 2)[0])
    assert asked.names(row) == ["autoencoder", "colorization"]
    assert asked.value[row] == pytest.approx(np.log(0.0007105065023907349))


def test_only_tasks_of_mimic_are_trained_together(sets: TaskSets) -> None:
    if sets.table.name == "taskonomy":
        assert len(np.unique(sets.run)) == len(sets.run)
        return
    assert (len(sets.target), len(np.unique(sets.run))) == (37_793, 2_807)
    one = sets.run == sets.run[0]
    tasks = sets.members[one]
    tasks[np.arange(one.sum()), sets.target[one]] = True
    assert (tasks == tasks[0]).all()


def test_a_dataset_without_sets_is_named() -> None:
    with pytest.raises(UserError, match="unknown dataset with sets 'medmnist'"):
        published_sets("medmnist")
