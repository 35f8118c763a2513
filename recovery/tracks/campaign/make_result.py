"""Making the result of a strategy, apart from reading it, which takes no torch."""

from collections.abc import Sequence

from benchmark.isolation.worker import isolation_mark
from benchmark.running.cell import library_versions
from datamodules.affinity_table import AffinityTable
from lit_models.prior_fitted import SHIPPED
from recovery.tracks.campaign.entry import Entry
from recovery.tracks.campaign.result import PlanResult, PlanSubject, StartScores


def make_subject(table: AffinityTable, entry: Entry, *, track: str, version: int) -> PlanSubject:
    """The subject of a table and a strategy."""
    return PlanSubject(
        track=track,
        track_version=version,
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        dataset_hash=table.hash,
        strategy=entry.name,
        recovery_hash=entry.recovery_hash,
        network=SHIPPED,
    )


def make_result(subject: PlanSubject, starts: Sequence[StartScores], *, isolated: bool = False) -> PlanResult:
    """A result of campaigns, in order.

    Args:
        subject: strategy and table.
        starts: the campaigns.
        isolated: the strategy ran in workers.
    """
    ordered = sorted(starts, key=lambda start: (start.number, start.name))
    marks = [isolation_mark()] if isolated else []
    return PlanResult(subject=subject, starts=ordered, versions=library_versions(), marks=marks)
