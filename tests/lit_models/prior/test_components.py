"""What a world is a sum of: shapes and signs that each part must have."""

import numpy as np
import pytest

from lit_models.prior.components import (
    COMPONENTS,
    Component,
    additive,
    blocks,
    closeness,
    gaussian_process,
    gravity,
    low_rank,
    mutual,
)
from lit_models.prior.homophily import homophily
from lit_models.prior.scaling import squared_distances, unit
from lit_models.prior.tasks import Tasks, draw_tasks

COUNT = 14


def tasks_of(seed: int, *, homophilous: bool = False) -> Tasks:
    return draw_tasks(np.random.default_rng(seed), COUNT, homophilous=homophilous)


@pytest.mark.parametrize("component", [*COMPONENTS, homophily], ids=lambda each: each.__name__)
def test_a_part_is_finite_differs_within_columns_and_follows_from_its_seed(component: Component) -> None:
    for seed in range(40):
        part = component(np.random.default_rng(seed), tasks_of(seed))
        assert part.shape == (COUNT, COUNT)
        assert np.isfinite(part).all()
        assert np.array_equal(part, component(np.random.default_rng(seed), tasks_of(seed)))
    assert np.isfinite(unit(part)).all()


def test_additive_parts_have_rank_one() -> None:
    for seed in range(20):
        assert np.linalg.matrix_rank(additive(np.random.default_rng(seed), tasks_of(seed)), tol=1e-8) <= 1


def test_low_rank_parts_have_a_low_rank() -> None:
    ranks = [
        np.linalg.matrix_rank(low_rank(np.random.default_rng(seed), tasks_of(seed)), tol=1e-8)
        for seed in range(60)
    ]
    assert max(ranks) <= 8
    assert len(set(ranks)) >= 4


def test_mutual_parts_are_symmetric() -> None:
    part = mutual(np.random.default_rng(0), tasks_of(0))
    assert np.array_equal(part, part.T)


def test_closeness_falls_with_the_distance() -> None:
    squares = np.linspace(0.01, 4.0, 50)
    for seed in range(60):
        assert (np.diff(closeness(np.random.default_rng(seed), squares)) <= 0).all()


def test_gravity_is_closeness_and_in_half_of_all_worlds_the_mass_of_the_source() -> None:
    alone = 0
    for seed in range(60):
        tasks = tasks_of(seed)
        part = gravity(np.random.default_rng(seed), tasks)
        squares = squared_distances(tasks.source, tasks.target)
        order = np.argsort(squares, axis=0)
        alone += bool((np.diff(np.take_along_axis(part, order, 0), axis=0) <= 1e-9).all())
    assert 15 < alone < 45


def test_block_parts_have_one_value_per_pair_of_clusters() -> None:
    for seed in range(20):
        part = blocks(np.random.default_rng(seed), tasks_of(seed))
        assert (
            len(np.unique(part.round(12), axis=0)) < COUNT or len(np.unique(part.round(12), axis=1)) < COUNT
        )


def test_a_gaussian_process_on_clusters_ties_tasks_of_one_cluster() -> None:
    tasks = tasks_of(0)
    same = tasks._replace(source=np.zeros_like(tasks.source), source_cluster=np.zeros_like(tasks.cluster))
    spread = [gaussian_process(np.random.default_rng(seed), same).std(0).mean() for seed in range(30)]
    assert min(spread) < 1e-6  # no part of its own: all rows are equal


def test_alike_tasks_help_each_other() -> None:
    """Affinity within the true clusters is higher than across them, in nearly every homophilous part."""
    gaps = []
    for seed in range(100):
        tasks = tasks_of(seed, homophilous=True)
        part = unit(homophily(np.random.default_rng(seed), tasks))
        apart = ~np.eye(COUNT, dtype=bool)
        together = (tasks.cluster[:, None] == tasks.cluster) & apart
        if together.any() and not together[apart].all():
            gaps.append(part[together].mean() - part[apart & ~together].mean())
    assert np.mean(np.array(gaps) > 0) > 0.9
    assert np.mean(gaps) > 0.7


def test_unit_by_hand() -> None:
    part = np.array([[1.0, 5.0], [3.0, 5.0]])  # deviations ±1 and 0: root mean square √½
    assert unit(part) == pytest.approx((part - 3.5) * np.sqrt(2.0))
    assert unit(np.full((2, 2), 7.0)).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_squared_distances_by_hand() -> None:
    place = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
    squares = np.array([[0.0, 25.0, 1.0], [25.0, 0.0, 18.0], [1.0, 18.0, 0.0]])
    assert squared_distances(place, place) == pytest.approx(squares / 18.0, rel=1e-6)
