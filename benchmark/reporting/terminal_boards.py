"""Boards for the terminal: the results of one place, best first."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from benchmark.reporting.fitting_table import FittingTable, TableColumn
from benchmark.results.marks import marks_of
from benchmark.results.schema import Metric, Place, Result
from benchmark.scoring.measured import HEADLINE
from datamodules.splits.protocol import MIN_QUERIES

# Scores of fewer (split, target) pairs have no interval, and say so.
FEW = 3

COLUMNS = {
    HEADLINE: "Spearman",
    "pooled_spearman": "pooled Spearman",
    "auc": "AUC",
    "recall@3": "recall @3",
    "regret@1": "regret @1",
    "new_to_known.spearman": "new→known Spearman",
    "new_to_new.concordance": "new→new concordant",
}
# The columns that a narrow terminal has no room for, the first to go first.
DISPENSABLE = (
    "pooled_spearman",
    "auc",
    "recall@3",
    "regret@1",
    "new_to_new.concordance",
    "new_to_known.spearman",
    "Z",
    "encoder",
)


def ranked(results: Sequence[Result]) -> list[Result]:
    """Results of one place by decreasing headline score; results without a score come last."""

    def worst_last(result: Result) -> float:
        score = headline(result)
        return 2.0 if score is None else -score

    return sorted(results, key=worst_last)


def headline(result: Result) -> float | None:
    """Per-target Spearman of a result; None if the cell failed or no target was scored."""
    metric = result.metrics.get(HEADLINE)
    return metric.mean if metric else None


def headline_words(result: Result) -> str:
    """Per-target Spearman of a result ± half the width of its 95 % interval; a dash if there is none."""
    return _number(result.metrics.get(HEADLINE), interval=True)


def marked_name(result: Result) -> str:
    """A model's name, followed by the marks of its result."""
    return " ".join([result.model.config.name, *(f"({mark})" for mark in marks_of(result))])


def boards(results: Sequence[Result]) -> list[FittingTable]:
    """Make one board per place.

    Args:
        results: results of any places.

    Returns:
        Tables to print with rich, sorted by place.
    """
    by_place = groupby(sorted(results, key=_place_key), key=lambda result: result.place)
    return [_board(place, ranked(list(own))) for place, own in by_place]


def outcome(results: Sequence[Result], *, reused: int, out: Path) -> str:
    """Summarise a run.

    Args:
        results: one per cell.
        reused: number of results that existed before.
        out: folder of the result files.

    Returns:
        Text for the terminal: counts, errors of failed cells, boards without a score, and the folder.
    """
    counts = Counter(result.status for result in results)
    lines = [
        f"{len(results)} cells expected, {len(results) - reused} written, {reused} already there: "
        + ", ".join(f"{count} {status}" for status, count in counts.items())
    ]
    lines += [
        f"failed: {result.place.title}: {result.model.config.name}: {result.reason}"
        for result in results
        if result.status == "failed"
    ]
    unscored = {result.place for result in results if result.status == "ok" and headline(result) is None}
    lines += [
        f"not scored: {place.title}: no target had {MIN_QUERIES} hidden entries with two distinct values "
        "(about 9 measured sources per target are needed at 1/3)"
        for place in sorted(unscored, key=str)
    ]
    return "\n".join([*lines, f"result files: {out.resolve()}"])


def so_far(results: Sequence[Result], *, cells: int, out: Path, force: bool) -> str:
    """Message for a run that ends early.

    Args:
        results: results of the finished cells.
        cells: number of cells in the run.
        out: folder of the result files.
        force: whether the run used ``--force``.

    Returns:
        What is finished and how to resume.
    """
    how = " without --force" if force else ""
    return (
        f"{len(results)} of {cells} cells are finished and stored in {out.resolve()}. To resume, rerun the "
        f"same command{how}: finished cells are skipped."
    )


def _place_key(result: Result) -> tuple[str, ...]:
    place = result.place
    return place.dataset, place.regime, place.label, place.setting, place.mask or ""


def _board(place: Place, results: Sequence[Result]) -> FittingTable:
    shown = [name for name in COLUMNS if any(name in result.metrics for result in results)]
    table = FittingTable(
        title=f"{place.title} (n = {max((_counted(result) for result in results), default=0)})",
        columns=[
            TableColumn(heading="rank"),
            TableColumn(heading="model", is_number=False),
            *(TableColumn(heading=name, is_number=False, goes=_goes(name)) for name in ("encoder", "Z")),
            *(TableColumn(heading=COLUMNS[name].replace(" ", "\n"), goes=_goes(name)) for name in shown),
            TableColumn(heading="seconds"),
        ],
    )
    unsupported = [result.model.config.name for result in results if result.status == "unsupported"]
    if unsupported:
        table.caption = f"unsupported, rejected this data when built: {', '.join(unsupported)}"
    for rank, result in enumerate(results, start=1):
        if result.status == "unsupported":
            continue
        values = [_number(result.metrics.get(name), interval=name == HEADLINE) for name in shown]
        if result.status == "failed":
            values[:1] = ["failed"]
        table.rows.append(
            (
                str(rank) if result.status == "ok" else "–",
                marked_name(result),
                result.model.encoder or "–",
                "–" if result.model.config.z == "none" else result.model.config.z,
                *values,
                f"{result.timing.seconds:.1f}",
            )
        )
    return table


def _counted(result: Result) -> int:
    """Number of (split, target) pairs behind the headline score."""
    metric = result.metrics.get(HEADLINE)
    return metric.counted if metric else 0


def _goes(name: str) -> int | None:
    return DISPENSABLE.index(name) + 1 if name in DISPENSABLE else None


def _number(metric: Metric | None, *, interval: bool) -> str:
    if metric is None or metric.mean is None or metric.low is None or metric.high is None:
        return "–"
    if interval and metric.counted < FEW:  # no interval can be trusted
        return f"{metric.mean:.3f} (n = {metric.counted})"
    half_width = f" ± {(metric.high - metric.low) / 2:.3f}" if interval else ""
    return f"{metric.mean:.3f}{half_width}"
