"""Verifying results of the planning tracks: campaigns of the result are replayed again."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmark.isolation.worker import WorkerError, isolation_mark
from benchmark.results.schema import VERIFIED, last_line
from benchmark.verifying.differing_fields import differences
from benchmark.verifying.rerun_split import SPLITS_OF_A_SUBMISSION, UNPREDICTABLE
from benchmark.verifying.run_sham import run_shams
from benchmark.verifying.verify import Verdict
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.registry import Source, source_of_file
from recovery.strategies.registry import STRATEGIES
from recovery.tracks.budget.run import TRACK as BUDGET
from recovery.tracks.campaign.entry import LIMIT_SECONDS, Entry, shipped_entry
from recovery.tracks.campaign.result import PlanResult, PlanSubject, StartScores, read_result
from recovery.tracks.campaign.sham import judge_campaigns
from recovery.tracks.campaign.track import Track
from recovery.tracks.new_target.run import TRACK as NEW_TARGET

PLANNING = {track.name: track for track in (NEW_TARGET, BUDGET)}
# The same picks give the same scores, but for the last digits of the network that recovers the matrix.
CLOSE = 1e-4


def is_plan_result(content: Mapping[str, Any]) -> bool:
    """Whether what a file holds looks like a result of a planning track."""
    subject = content.get("subject")
    return isinstance(subject, dict) and "strategy" in subject


def verify_plan_result(
    path: Path,
    *,
    entries: Mapping[str, Entry],
    own: Source | None = None,
    start: int | None = None,
    isolate: bool = False,
    limit_seconds: float = LIMIT_SECONDS,
) -> Verdict:
    """Compare a result with the data and strategy that are here, and replay a start again.

    Of a submission, two starts are replayed in workers, and campaigns on a sham.

    Args:
        path: a result file.
        entries: strategies of one's own, by name.
        own: a matrix of the user's own, beside the published ones.
        start: number of the start to replay; drawn at random if omitted.
        isolate: treat shipped strategies as submissions.
        limit_seconds: time limit of a batch of runs that a submission picks.

    Returns:
        Why it is refused, and notes.
    """
    notes: list[str] = []
    try:
        result = read_result(path)
        entry = _entry(result.subject.strategy, entries, isolate=isolate, limit_seconds=limit_seconds)
        refusals = list(_refusals(result, entry, own, start, notes))
    except (UserError, WorkerError) as error:
        return Verdict([last_line(str(error))], notes)
    return Verdict(refusals, notes, entry.code is not None)


def mark_plan_result(path: Path) -> None:
    """Mark a result as verified, which ``verify_plan_result`` has just accepted as one of a submission.

    Raises:
        StorageError: if it cannot be written.
    """
    read_result(path).model_copy(update={"marks": [isolation_mark(), VERIFIED]}).write_to(path)


def _entry(name: str, entries: Mapping[str, Entry], *, isolate: bool, limit_seconds: float) -> Entry:
    """The strategy of the user or this repository; never imported because a file names it."""
    if name in entries:
        return entries[name]
    if name not in STRATEGIES:
        raise UserError(
            f"subject.strategy: '{name}' is no shipped strategy, and code that only a file names is not run: "
            "read its code, then name it with --strategy, as in --strategy path/to/file.py:Class"
        )
    return shipped_entry(name, isolate=isolate, limit_seconds=limit_seconds)


def _table(subject: PlanSubject, own: Source | None) -> AffinityTable:
    source = source_of_file(subject.dataset, own)
    if source is None:
        raise UserError(
            f"subject.dataset: '{subject.dataset}' is no published dataset: give your own matrix with "
            "--dataset, and how to read it"
        )
    return source.read(regime=subject.regime, label=subject.label)


def _refusals(
    result: PlanResult, entry: Entry, own: Source | None, number: int | None, notes: list[str]
) -> Iterator[str]:
    subject = result.subject
    if subject.track not in PLANNING:
        raise UserError(f"subject.track: '{subject.track}' is no planning track: {', '.join(PLANNING)}")
    track, table = PLANNING[subject.track], _table(subject, own)
    here, apart = track.subject(table, entry), {"recovery_hash"}
    found = list(
        differences(
            subject.model_dump(exclude=apart), here.model_dump(exclude=apart), where="subject", source="here"
        )
    )
    numbers = sorted({each.number for each in result.starts})
    of_track = track.starts(table)
    if numbers != list(range(min(len(numbers), of_track))):  # the first ones, not those that went best
        found.append(f"starts: they are {numbers}, not the first of the track's {of_track}")
    elif len(numbers) < of_track:
        notes.append(f"{len(numbers)} of {of_track} starts")
    if found:
        yield from found
        return
    if subject.recovery_hash != here.recovery_hash:
        notes.append("made by other code (recovery_hash); the replay decides")
    count = SPLITS_OF_A_SUBMISSION if entry.code else 1
    for each in UNPREDICTABLE.sample(numbers, k=min(count, len(numbers))) if number is None else [number]:
        yield from _replay_again(result.starts, track, table, entry, each, notes)
    if entry.code:
        yield from run_shams(partial(judge_campaigns, table, entry), notes)


def _replay_again(
    starts: list[StartScores],
    track: Track,
    table: AffinityTable,
    entry: Entry,
    number: int,
    notes: list[str],
) -> Iterator[str]:
    if not 0 <= number < track.starts(table):
        raise UserError(f"there is no start {number}: choose from 0 to {track.starts(table) - 1}")
    said = sorted((each for each in starts if each.number == number), key=lambda each: each.name)
    made = sorted(track.run_start(table, entry, number), key=lambda each: each.name)
    shape = [(each.name, each.points, sorted(each.scores)) for each in made]
    if [(each.name, each.points, sorted(each.scores)) for each in said] != shape:
        yield f"start {number}: its campaigns, points or measures are not those of the track"
        return
    largest = 0.0
    for one, other in zip(said, made, strict=True):
        for measure, scores in other.scores.items():
            for point, was, now in zip(one.points, one.scores[measure], scores, strict=True):
                largest = max(largest, abs(was - now))
                if not abs(was - now) <= CLOSE:
                    yield (
                        f"start {number}, {one.name}: {measure} at {point:g} is {was:.6f} in the file, and "
                        f"{now:.6f} when it is replayed"
                    )
                    return
    notes.append(f"start {number} replayed: largest difference of a score {largest:.0e}")
