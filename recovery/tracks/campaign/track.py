"""Running a planning track: what is there is kept, and every finished campaign is written."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmark.running.trainer import use_threads_for
from datamodules.affinity_table import AffinityTable
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.make_result import make_result, make_subject
from recovery.tracks.campaign.result import PlanResult, PlanSubject, StartScores, starts_there


class Track(NamedTuple):
    """A planning track.

    Attributes:
        name: its name.
        version: of what is replayed.
        strategies: names of those that are compared on a table.
        starts: how many starts a table has.
        run_start: replays one: table, entry, number.
    """

    name: str
    version: int
    strategies: Callable[[AffinityTable], tuple[str, ...]]
    starts: Callable[[AffinityTable], int]
    run_start: Callable[[AffinityTable, Entry, int], list[StartScores]]

    def subject(self, table: AffinityTable, entry: Entry) -> PlanSubject:
        """What a strategy's result on a table is of."""
        return make_subject(table, entry, track=self.name, version=self.version)


def run_strategy(
    track: Track,
    table: AffinityTable,
    entry: Entry,
    *,
    starts: int,
    out: Path,
    force: bool = False,
    on_start: Callable[[], None] = lambda: None,
) -> PlanResult:
    """Replay the starts of a table that are not there yet.

    Args:
        track: the track.
        table: a measured matrix.
        entry: the strategy.
        starts: how many starts there are to be.
        out: folder of the results; the file is replaced after every start.
        force: replay starts that are there as well.
        on_start: called after each start that is replayed.

    Returns:
        The result of all starts.

    Raises:
        StorageError: if the folder cannot be written to.
        UserError: if the gains of a submission are not usable.
        WorkerError: if a submission fails, takes too much, ends early, or returns something else.
    """
    use_threads_for(len(table.task_names))
    subject, isolated = track.subject(table, entry), entry.code is not None
    found = [] if force else [start for start in starts_there(out, subject) if start.number < starts]
    there = {start.number for start in found}
    for number in range(starts):
        if number not in there:
            found += track.run_start(table, entry, number)
            make_result(subject, found, isolated=isolated).write(out)
            on_start()
    return make_result(subject, found, isolated=isolated)


def missing_starts(track: Track, table: AffinityTable, entry: Entry, *, starts: int, out: Path) -> int:
    """How many starts of a strategy on a table are not there yet."""
    there: Sequence[StartScores] = starts_there(out, track.subject(table, entry))
    return starts - len({start.number for start in there if start.number < starts})
