"""A recovered matrix in plain words, for the terminal and the report."""

import pandas as pd

from recovery.candidates import SOURCE_MEAN, Expectation
from recovery.record import Record


def number(value: float | None) -> str:
    """Two digits; a dash where nothing is known."""
    return "–" if value is None else f"{value:.2f}"


def outcome_lines(cells: pd.DataFrame, record: Record) -> list[str]:
    """What was recovered, by which model, what may be expected, and what is promised.

    Args:
        cells: a row per transfer, as in :class:`recovery.recovery.Recovery`.
        record: everything else.

    Returns:
        A sentence or two per line.
    """
    lines = [recovered_words(cells, record), expectation_words(record)]
    return lines if cells.measured.all() else [*lines, *remarks(record), str(record.guarantee)]


def recovered_words(cells: pd.DataFrame, record: Record) -> str:
    """How many transfers were recovered, and by which model."""
    recovered = int((~cells.measured).sum())
    if not recovered:
        return (
            f"Nothing to recover: all {len(cells)} transfers are measured. shrunk_value has each drawn "
            "towards what the others say of it."
        )
    return f"{recovered} of {len(cells)} transfers recovered by {record.model}."


def expectation_words(record: Record) -> str:
    """What cross-validation expects of the model, beside the source mean."""
    own, mean = record.expectation(record.model), record.expectation(SOURCE_MEAN)
    if own is None or mean is None or own.spearman is None or mean.spearman is None:
        return "Too little is measured to say how well sources are ordered: no target has three sources."
    scores = (
        f"per-target Spearman {number(own.spearman)}, and {number(own.regret)} of a target's range lost by "
        "taking the source that looks best"
    )
    if record.model == SOURCE_MEAN:
        alone = len(record.expectations) == 1
        others = "" if alone else ": nothing else that was tried predicts better"
        return f"Expected of the source mean, one ranking for all targets{others}. It gives {scores}."
    verdict = "" if _beats(own, mean) else " It orders sources no better than the source mean does."
    return (
        f"Expected by cross-validation: {scores}; the source mean would give {number(mean.spearman)} and "
        f"{number(mean.regret)}.{verdict}"
    )


def _beats(own: Expectation, mean: Expectation) -> bool:
    return own.spearman is not None and mean.spearman is not None and own.spearman > mean.spearman


def remarks(record: Record) -> list[str]:
    """What else a reader should know: targets without a measured source, and the range of the metric."""
    found = []
    if record.never_measured:
        named = ", ".join(record.never_measured[:5])
        more = len(record.never_measured) - 5
        found.append(
            f"Without a single measured source, from the other targets alone: {named}"
            f"{f' and {more} more' if more > 0 else ''}."
        )
    if record.bounds:
        low, high = record.bounds
        found.append(f"All values lie in [{low:g}, {high:g}], so intervals are kept in it.")
    return found
