"""Latent tasks: clusters, duplicates, and two roles that agree more or less."""

import numpy as np

from lit_models.prior.tasks import Tasks, draw_places, draw_tasks


def role_correlation(tasks: Tasks) -> float:
    return float(np.corrcoef(tasks.source.ravel(), tasks.target.ravel())[0, 1])


def between_share(place: np.ndarray, cluster: np.ndarray) -> float:
    """Share of the variance that lies between clusters."""
    centred = place - place.mean(0)
    means = np.stack([centred[cluster == each].mean(0) for each in cluster])
    return float(np.square(means).sum() / np.square(centred).sum())


def test_roles_agree_wholly_partly_and_not_at_all() -> None:
    drawn = [draw_tasks(np.random.default_rng(seed), 20, homophilous=False) for seed in range(150)]
    found = np.array([role_correlation(tasks) for tasks in drawn])
    assert (found > 0.999).mean() > 0.2
    assert (np.abs(found) < 0.3).mean() > 0.1
    assert ((found > 0.3) & (found < 0.9)).mean() > 0.2
    for tasks in drawn:
        assert tasks.place.shape == tasks.source.shape == tasks.target.shape
        assert 1 <= tasks.place.shape[1] <= 8


def test_tight_clusters_hold_more_of_the_variance() -> None:
    cluster = np.repeat(np.arange(5), 5)
    tight, loose = (
        np.mean(
            [
                between_share(draw_places(np.random.default_rng(seed), cluster, 3, tight=is_tight), cluster)
                for seed in range(100)
            ]
        )
        for is_tight in (True, False)
    )
    assert tight > loose + 0.15


def test_some_worlds_have_near_duplicates() -> None:
    """Two tasks far nearer to each other than tasks are; every task is a cluster of its own."""
    nearest = []
    for seed in range(200):
        place = draw_places(np.random.default_rng(seed), np.arange(12), 6, tight=False)
        distance = np.linalg.norm(place[:, None] - place, axis=-1)
        distance[np.eye(12, dtype=bool)] = np.inf
        nearest.append(distance.min() / np.median(distance))
    assert 0.1 < np.mean(np.array(nearest) < 0.1) < 0.6


def test_homophilous_roles_agree_more() -> None:
    mean = {
        kind: np.mean(
            [
                role_correlation(draw_tasks(np.random.default_rng(seed), 20, homophilous=kind))
                for seed in range(200)
            ]
        )
        for kind in (True, False)
    }
    assert mean[True] > mean[False] + 0.1
