"""What measurement noise lets any model reach: how well a matrix agrees with a second measurement of it."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchmark.results.schema import Place
from benchmark.scoring.intervals import RESAMPLING_SEED, mean_of_finite
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS
from datamodules.replicates import Replicates
from leaderboard.boards.published import published_table
from leaderboard.boards.retest import per_target_agreement, retests

HALVINGS = 20
# Labels or regimes of one dataset that are the same networks, scored on other examples.
SAME_NETWORKS = {"mimic-cotraining": ("test", "valid"), "taskonomy": ("16k", "test-subset")}

Kind = Literal["replicates", "simulated", "measured again", "evaluation only"]
WORDS: dict[Kind, str] = {
    "replicates": "split halves of its replicates, Spearman–Brown corrected",
    "simulated": "simulated from the noise that the plain model's seeds show per target",
    "measured again": "another measurement of it, the regime that agrees best",
    "evaluation only": "the same networks scored on other examples, so a bound for evaluation noise only",
}


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """How well a matrix agrees with a second measurement that is as good.

    Attributes:
        score: per-target Spearman over whole columns, mean over targets, in [−1, 1].
        kind: what it rests on; ``evaluation only`` leaves the noise of training out and is an upper bound.
    """

    score: float
    kind: Kind

    @property
    def words(self) -> str:
        """What it rests on, in words."""
        return WORDS[self.kind]

    def share(self, score: float) -> float:
        """A model's score as a share of it."""
        return score / self.score


def reliability(place: Place) -> Reliability | None:
    """How well a place's matrix would agree with itself measured again.

    Args:
        place: of any dataset; the setting and the mask do not matter.

    Returns:
        The reliability; None where nothing is known of the noise, or the matrix is a user's own.

    >>> place = Place(dataset="taskweb", regime="t5s", label="score", setting="inductive", mask=None)
    >>> round(reliability(place).score, 2)
    0.73
    """
    return _of_matrix(place.model_copy(update={"setting": "inductive", "mask": None}))


@cache
def _of_matrix(place: Place) -> Reliability | None:
    source = DATASETS.get(place.dataset)
    if source is None or place.regime not in source.regimes or place.label not in source.labels:
        return None
    table = published_table(place.dataset, place.regime, place.label)
    if table.replicates is not None:
        runs = table.replicates.runs
        if runs is None:
            return Reliability(score=simulated_reliability(table.value, table.replicates), kind="simulated")
        return Reliability(score=split_half_reliability(runs), kind="replicates")
    same = SAME_NETWORKS.get(place.dataset, ())
    if place.label in same:
        (label,) = set(same) - {place.label}
        other = published_table(place.dataset, place.regime, label)
        score = float(mean_of_finite(per_target_agreement(table.value, other.value)))
        return Reliability(score=score, kind="evaluation only")
    again = retests(place)
    if not again:
        return None
    only = place.regime in same and again[0].regime in same
    return Reliability(score=again[0].score, kind="evaluation only" if only else "measured again")


def split_half_reliability(runs: npt.NDArray[np.float64]) -> float:
    """Agreement of two random halves of the replicates, corrected for their being halves.

    With k halves in the whole, the Spearman–Brown formula makes k r / (1 + (k − 1) r) of the mean r over
    targets: 2 r / (1 + r) for an even number of replicates. Averaged over 20 random halvings.

    Args:
        runs: [R, N, N] float64, R ≥ 2 replicates, source × target; NaN where a run lacks a transfer.

    Returns:
        The reliability of the mean over all R.

    Raises:
        ValueError: with fewer than two replicates.
    """
    if len(runs) < 2:
        raise ValueError(f"two replicates or more are needed, got {len(runs)}")
    half = len(runs) // 2
    generator = np.random.default_rng(RESAMPLING_SEED)
    found = []
    for _ in range(HALVINGS):
        order = generator.permutation(len(runs))
        first, second = (_mean(runs[part]) for part in (order[:half], order[half : 2 * half]))
        found.append(float(mean_of_finite(per_target_agreement(first, second))))
    parts = len(runs) / half
    return float(np.mean([parts * r / (1 + (parts - 1) * r) for r in found]))


def simulated_reliability(value: FloatMatrix, replicates: Replicates) -> float:
    """Agreement of two simulated measurements, where only each target's noise is known.

    A column is shrunk towards its mean until its variance is what noise leaves of the measured one (0 if
    nothing); that stands for the noise-free column. Both measurements add Gaussian noise to it.

    Args:
        value: [N, N] float64, the matrix; NaN where not measured.
        replicates: deviation and count of every transfer.

    Returns:
        Mean over 20 simulations.
    """
    noise = replicates.deviation / np.sqrt(np.maximum(replicates.count, 1))
    known = np.isfinite(value) & np.isfinite(noise)
    value, noise = np.where(known, value, np.nan), np.where(known, noise, np.nan)
    centre = mean_of_finite(value.T)
    variance = mean_of_finite(((value - centre) ** 2).T)
    signal = 1.0 - mean_of_finite((noise**2).T) / np.where(variance > 0, variance, np.nan)
    true = centre + np.sqrt(np.clip(signal, 0.0, 1.0)) * (value - centre)
    generator = np.random.default_rng(RESAMPLING_SEED)
    found = []
    for _ in range(HALVINGS):
        first, second = true + noise * generator.standard_normal((2, *noise.shape))
        found.append(float(mean_of_finite(per_target_agreement(first, second))))
    return float(np.mean(found))


def _mean(runs: npt.NDArray[np.float64]) -> FloatMatrix:
    """Mean over runs of what each transfer has: [N, N] float64."""
    return mean_of_finite(np.moveaxis(runs, 0, -1))
