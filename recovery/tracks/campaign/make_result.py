"""Making the result of a strategy, apart from reading it, which takes no torch."""

from collections.abc import Sequence

from benchmark.running.cell import library_versions
from datamodules.affinity_table import AffinityTable
from lit_models.loading.source_hash import code_hash
from lit_models.prior_fitted import SHIPPED
from recovery.strategies.registry import load_strategy
from recovery.tracks.campaign import replay, scores
from recovery.tracks.campaign.result import PlanResult, PlanSubject, StartScores


def make_subject(table: AffinityTable, strategy: str, *, track: str, version: int) -> PlanSubject:
    """The subject of a table and a strategy."""
    return PlanSubject(
        track=track,
        track_version=version,
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        dataset_hash=table.hash,
        strategy=strategy,
        recovery_hash=_code_hash(strategy),
        network=SHIPPED,
    )


def make_result(subject: PlanSubject, starts: Sequence[StartScores]) -> PlanResult:
    """A result of campaigns, in order."""
    ordered = sorted(starts, key=lambda start: (start.number, start.name))
    return PlanResult(subject=subject, starts=ordered, versions=library_versions())


def _code_hash(strategy: str) -> str:
    """Of the strategy and of what every campaign uses; not of the other strategies."""
    modules = [type(load_strategy(strategy)).__module__, replay.__name__, scores.__name__]
    return code_hash(modules, inside=["recovery"])
