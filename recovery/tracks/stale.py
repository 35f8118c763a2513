"""Results of tracks that a change has made stale."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from benchmark.results.track_files import Refuse, TrackFiles
from benchmark.sets.result import SetCell
from benchmark.sets.result_files import SETS
from benchmark.sets.run_cell import make_cell, make_task
from benchmark.sets.verify import shipped_set_model
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.registry import Source, source_of_file
from datamodules.sets.published_sets import published_sets
from datamodules.sets.task_sets import TaskSets
from recovery.tracks import result_files
from recovery.tracks.budget.run import TRACK as BUDGET
from recovery.tracks.campaign.entry import shipped_entry
from recovery.tracks.campaign.result import PlanSubject
from recovery.tracks.campaign.track import Track as PlanTrack
from recovery.tracks.coverage.result import CoverageSubject
from recovery.tracks.coverage.run import make_subject as coverage_subject
from recovery.tracks.fidelity.matrices import matrices_of
from recovery.tracks.fidelity.result import FidelitySubject
from recovery.tracks.fidelity.run import make_subject as fidelity_subject
from recovery.tracks.new_target.run import TRACK as NEW_TARGET


class StaleResult(NamedTuple):
    """A result of a track that would be made again.

    Attributes:
        dataset: name of its dataset.
        model: name of its model.
        reasons: which parts of its subject have changed, in words.
    """

    dataset: str
    model: str
    reasons: str


class TrackStanding(NamedTuple):
    """What is there of a track.

    Attributes:
        files: number of result files.
        stale: those that would be made again.
    """

    files: int
    stale: list[StaleResult]


class _Track(NamedTuple):
    files: TrackFiles[Any]
    again: Callable[[Any], BaseModel]
    option: str = "--model"  # of the track's command, with what is judged
    subject: Callable[[Any], Any] = attrgetter("subject")  # of a result: what was scored on what
    name: Callable[[Any], str] = attrgetter("model")  # of a subject: what is judged


def _published(name: str) -> Source:
    source = source_of_file(name)
    if source is None:
        raise UserError("not on a published dataset: run the track again to renew it")
    return source


@lru_cache(maxsize=1)  # results are sorted by dataset
def _table(dataset: str, regime: str, label: str) -> AffinityTable:
    return _published(dataset).read(regime=regime, label=label)


def _coverage_again(subject: CoverageSubject) -> CoverageSubject:
    table = _table(subject.dataset, subject.regime, subject.label)
    return coverage_subject(table, subject.model, repeats=subject.repeats)


def _fidelity_again(subject: FidelitySubject) -> FidelitySubject:
    _published(subject.dataset)
    matrices = next((each for each in matrices_of(subject.dataset) if each.name == subject.matrices), None)
    if matrices is None:
        raise UserError(f"{subject.matrices}: not a pair of matrices of the track")
    return fidelity_subject(matrices, subject.model, count=subject.starts)


@lru_cache(maxsize=1)
def _sets(dataset: str, regime: str, label: str) -> TaskSets:
    return published_sets(dataset, regime=regime, label=label)


def _sets_again(cell: SetCell) -> SetCell:
    sets = _sets(cell.dataset, cell.regime, cell.label)
    return make_cell(make_task(sets, cell.setting, cell.pairs), shipped_set_model(cell.model.name))


def _plan_again(track: PlanTrack) -> Callable[[PlanSubject], PlanSubject]:
    def again(subject: PlanSubject) -> PlanSubject:
        table = _table(subject.dataset, subject.regime, subject.label)
        return track.subject(table, shipped_entry(subject.strategy))

    return again


TRACKS: Mapping[str, _Track] = {
    "coverage": _Track(result_files.COVERAGE, _coverage_again),
    "fidelity": _Track(result_files.FIDELITY, _fidelity_again),
    "new-target": _Track(result_files.NEW_TARGET, _plan_again(NEW_TARGET), "--strategy"),
    "budget": _Track(result_files.BUDGET, _plan_again(BUDGET), "--strategy"),
    "sets": _Track(SETS, _sets_again, subject=attrgetter("cell"), name=attrgetter("model.name")),
}


def track_standing(track: str, folder: Path, *, refuse: Refuse) -> TrackStanding:
    """Compare what decides each result with the code and the data that are here; nothing is run.

    Args:
        track: a key of :data:`TRACKS`.
        folder: output folder of its command.
        refuse: is told of every file that is left out, in one line.

    Returns:
        How many results there are, and which are stale.
    """
    judged = TRACKS[track]
    results = judged.files.read(folder, refuse=refuse)
    stale = []
    for subject in map(judged.subject, results):
        reasons = _reasons(judged, subject)
        if reasons:
            stale.append(StaleResult(subject.dataset, judged.name(subject), reasons))
    return TrackStanding(len(results), stale)


def _reasons(track: _Track, subject: BaseModel) -> str:
    try:
        again = track.again(subject).model_dump()
    except UserError as refusal:
        return str(refusal)
    then = subject.model_dump()
    return ", ".join(name for name in again if again[name] != then[name])
