"""Running the coverage track on one table."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from benchmark.running.cell import library_versions
from benchmark.running.trainer import use_threads_for
from datamodules.affinity_table import AffinityTable
from lit_models.loading.source_hash import source_hash
from lit_models.registry import load_model, model_factory
from recovery.candidates import AUTO, Candidate, best, try_models
from recovery.chance_best import calibrate_chances, chances_best
from recovery.guarantee import Chosen
from recovery.promised_intervals import drawn_widening, make_intervals
from recovery.tracks.coverage.episodes import TRACK_VERSION, CoverageEpisode, episodes, repeats_for
from recovery.tracks.coverage.patterns import AT_RANDOM, PATTERNS
from recovery.tracks.coverage.result import CoverageResult, CoverageSubject
from recovery.tracks.coverage.scores import LEVELS, PromiseScores, TestCells
from recovery.tracks.recovery_hash import recovery_hash

# What `auto` chooses among here: without those that are trained, as each is fitted thousands of times.
CHEAP = ("source-mean", "kernel-ridge+z", "matrix-normal+z", "prior-fitted")
MODELS = (*CHEAP, AUTO)


def make_subject(table: AffinityTable, model: str, *, repeats: int | None) -> CoverageSubject:
    """Name what is scored on what.

    Args:
        table: a measured matrix.
        model: name of a model, or ``auto``.
        repeats: episodes per pattern; by the size of the table if omitted.

    Returns:
        The subject.

    Raises:
        UserError: for an unknown model.
    """
    tasks = len(table.task_names)
    return CoverageSubject(
        track_version=TRACK_VERSION,
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        dataset_hash=table.hash,
        model=model,
        source_hash="" if model == AUTO else source_hash(model_factory(load_model(model))(tasks, 1)),
        recovery_hash=recovery_hash(__name__),
        repeats=repeats or repeats_for(table),
    )


def run_table(
    table: AffinityTable,
    subjects: Sequence[CoverageSubject],
    *,
    on_episode: Callable[[], None] = lambda: None,
) -> list[CoverageResult]:
    """Score models on every pattern; all of them see the same episodes.

    Args:
        table: a measured matrix.
        subjects: what to score on it, all with the same number of repeats.
        on_episode: called after each episode.

    Returns:
        A result per subject.
    """
    use_threads_for(len(table.task_names))
    models = [subject.model for subject in subjects]
    found: dict[str, dict[str, dict[Chosen, PromiseScores]]] = {name: {} for name in models}
    for pattern in PATTERNS:
        promises: tuple[Chosen, ...] = ("drawn", "random" if pattern in AT_RANDOM else "by-hand")
        cells = {
            (name, promise): TestCells(table.value, table.eligible, table.task_names)
            for name in models
            for promise in promises
        }
        for episode in episodes(table, pattern, repeats=subjects[0].repeats):
            tried = _tried(episode, models)
            for (name, promise), collected in cells.items():
                _add(collected, episode, tried[name], promise)
            on_episode()
        for name, promise in cells:
            found[name].setdefault(pattern, {})[promise] = cells[name, promise].scores()
    versions = library_versions()
    return [
        CoverageResult(subject=subject, patterns=found[subject.model], versions=versions)
        for subject in subjects
    ]


class _Tried(NamedTuple):
    """A model on an episode, and the power of its chances."""

    candidate: Candidate
    power: float


def _tried(episode: CoverageEpisode, models: Sequence[str]) -> dict[str, _Tried]:
    """Models by name, cross-validated on what an episode has measured."""
    names = list(dict.fromkeys([*(CHEAP if AUTO in models else ()), *models]))
    matrix, seed = episode.open, episode.repeat
    tried = {}
    for candidate in try_models(
        [name for name in names if name != AUTO], matrix.table, matrix.fitted, seed=seed
    ):
        power = calibrate_chances(candidate.cv, matrix.table.value, seed=seed).power
        tried[candidate.expected.model] = _Tried(candidate, power)
    if AUTO in models:
        tried[AUTO] = tried[best([tried[name].candidate for name in CHEAP]).expected.model]
    return tried


def _add(cells: TestCells, episode: CoverageEpisode, tried: _Tried, promise: Chosen) -> None:
    """Add the intervals of one episode, and the chances of its first draw."""
    cv, matrices = tried.candidate.cv, episode.drawn if promise == "drawn" else [episode.open]
    for matrix in matrices:
        intervals = {level: make_intervals(cv, matrix, promise=promise, level=level) for level in LEVELS}
        cells.add(matrix.unmeasured, intervals)
    matrix = matrices[0]
    chances = chances_best(
        cv,
        matrix.table.value,
        matrix.table.eligible,
        power=tried.power,
        known=matrix.known,
        noise=np.zeros(matrix.table.value.shape),
        widening=drawn_widening(cv, matrix),
        seed=episode.repeat,
    )
    cells.add_chances(matrix.unmeasured, chances)
