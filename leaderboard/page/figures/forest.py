"""Forest plot: a claim's difference on every dataset, and over all of them."""

from collections.abc import Sequence

from leaderboard.claims.across import AcrossDatasets
from leaderboard.page.figures.figure import Figure

COMBINED = "all datasets"


def forest_figure(key: str, answers: Sequence[AcrossDatasets]) -> Figure | None:
    """The claims over datasets, a panel per claim.

    Args:
        key: names the figure.
        answers: one per claim.

    Returns:
        The figure; None unless a claim is answered on two datasets.
    """
    rows = [row for answer in answers if answer.low is not None for row in _rows(answer)]
    if not rows:
        return None
    return Figure(
        key=key,
        kind="forest",
        title="Claims across datasets",
        caption="Differences of per-target Spearman, first minus second, mean over a claim's pairs: one line "
        "per dataset (95 % over splits) and the mean over datasets (95 %, bootstrap over datasets).",
        data=rows,
    )


def _rows(answer: AcrossDatasets) -> list[dict[str, object]]:
    lines: list[tuple[str, float | None, float | None, float | None]] = [
        (each.dataset, each.difference, each.low, each.high) for each in answer.datasets
    ]
    lines.append((COMBINED, answer.mean, answer.low, answer.high))
    return [
        {"claim": answer.claim.name, "dataset": name, "difference": difference, "low": low, "high": high}
        for name, difference, low, high in lines
    ]
