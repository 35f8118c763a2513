"""The boards of the new-target and budget tracks as Markdown."""

from collections.abc import Sequence

import numpy as np

from leaderboard.boards.planning import against_best, share_saved
from leaderboard.markdown.tables import markdown_table
from recovery.plan.goals import GOALS
from recovery.tracks.budget.shares import FROM_NOTHING, SHARES
from recovery.tracks.campaign.board import (
    CurveRow,
    all_strategies,
    campaigns,
    cost_rows,
    curve_rows,
    dataset_curve,
    widely_run,
)
from recovery.tracks.campaign.result import PlanResult

NEW_TARGET = """\
Nothing of one target is measured, and every other column is known; a strategy picks runs one by one
([docs/plan.md](../docs/plan.md) has the protocol). Regret of the best measured source, as a share of the
target's range, after k runs: mean over datasets, each the mean over its starts, ± half the width of the 95 %
interval (bootstrap over datasets). Area is the mean height of the curve; seconds are of a whole campaign."""

AGAINST = """\
{strategy} beside the best other strategy of each dataset, which is picked by the scores that are compared.
*Worse at* names the numbers of runs after which it is worse by Wilcoxon's signed-rank test over targets, with
Holm's correction over datasets and numbers of runs."""

BUDGET = """\
Campaigns in batches, from nothing and from a random tenth of the matrix; after each batch the prior-fitted
network recovers the matrix, whatever the strategy. Regret is that of the source that looks best, measured or
recovered; Spearman is per target over all its cells, measured ones included. Shares are of the matrix. The
area by cost is that under the curve against cost, if setting up a source costs five runs, as a share of what
the dearest strategy pays for half of the matrix. Tables of more than 40 tasks run a shorter
list of strategies. Campaigns per table and strategy: {starts}."""

ALL_STRATEGIES = "All strategies, on the tables of up to 40 tasks:"

SAVED = """\
How much a strategy measures to be as good as random order with a half of the matrix, as a share of that half:
mean over the datasets where it gets there by then (their number in brackets)."""


def new_target_section(results: Sequence[PlanResult]) -> list[str]:
    """The boards of the new-target track; nothing without results."""
    if not results:
        return []
    parts = ["## A new target: which sources to try first", NEW_TARGET, _curves(results, "regret", "runs")]
    strategy = GOALS["best-source"].strategy
    rows = against_best(results, strategy)
    if rows:
        points = [f"{point:g}" for point in results[0].starts[0].points]
        parts += [
            AGAINST.format(strategy=f"`{strategy}`"),
            markdown_table(
                ["dataset", "best other", "worse at", *(f"k = {point}" for point in points)],
                [
                    [
                        row.dataset,
                        row.rival,
                        ", ".join(row.worse) or "–",
                        *(f"{own:.3f} / {other:.3f}" for own, other in zip(row.own, row.other, strict=True)),
                    ]
                    for row in rows
                ],
                numbers=len(points),
            ),
        ]
    return parts


def budget_section(results: Sequence[PlanResult]) -> list[str]:
    """The boards of the budget track; nothing without results."""
    if not results:
        return []
    counts = sorted({len(campaigns(result, FROM_NOTHING)) for result in results})
    parts = ["## A budget: what is worth measuring", BUDGET.format(starts=", ".join(map(str, counts)))]
    everywhere = widely_run(results)
    for name in SHARES:
        more = all_strategies(results, name=name)
        for measure in ("regret", "spearman"):
            parts += [f"### {measure.capitalize()}, {name}", _curves(everywhere, measure, "share", name=name)]
            if more:
                parts += [ALL_STRATEGIES, _curves(more, measure, "share", name=name)]
    strategies = list(dict.fromkeys(goal.strategy for goal in GOALS.values()))
    measures = ("regret", "spearman")
    present = [each for each in strategies if any(each == result.subject.strategy for result in results)]
    parts += [
        SAVED,
        markdown_table(
            ["strategy", *measures],
            [
                [strategy, *(_saved(results, strategy, measure) for measure in measures)]
                for strategy in present
            ],
            numbers=len(measures),
        ),
    ]
    return [*parts, "### Regret on each dataset, from nothing", _by_dataset(results)]


def _curves(results: Sequence[PlanResult], measure: str, unit: str, *, name: str | None = None) -> str:
    rows = curve_rows(results, measure, name=name)
    if measure != "regret":
        rows = rows[::-1]
    points = [f"{point:g}" for point in campaigns(results[0], name)[0].points]
    by_cost = {row.strategy: row for row in cost_rows(results, measure, name=name)} if name else {}
    cost = ["area by cost"] if by_cost else []
    return markdown_table(
        ["strategy", "datasets", *(f"{unit} {point}" for point in points), "area", *cost, "seconds"],
        [_cells(row, by_cost.get(row.strategy)) for row in rows],
        numbers=len(points) + len(cost) + 2,
    )


def _cells(row: CurveRow, by_cost: CurveRow | None) -> list[str]:
    heights = [f"{mean:.3f} ± {half:.3f}" for mean, half in zip(row.mean, row.half_width, strict=True)]
    cost = [f"{by_cost.area:.3f}"] if by_cost else []
    return [row.title, str(row.datasets), *heights, f"{row.area:.3f}", *cost, f"{row.seconds:.2f}"]


def _saved(results: Sequence[PlanResult], strategy: str, measure: str) -> str:
    shares = share_saved(results, strategy, measure, name=FROM_NOTHING, at=0.5)
    known = [share for share in shares.values() if share is not None]
    return f"{np.mean(known):.2f} ({len(known)} of {len(shares)})" if known else "–"


def _by_dataset(results: Sequence[PlanResult]) -> str:
    strategies = ["random", *dict.fromkeys(goal.strategy for goal in GOALS.values())]
    points = campaigns(results[0], FROM_NOTHING)[0].points
    rows = [
        [result.subject.dataset, result.subject.strategy, *(f"{height:.3f}" for height in curve)]
        for result in results
        if result.subject.strategy in strategies
        for curve in [dataset_curve(result, "regret", name=FROM_NOTHING)]
    ]
    return markdown_table(
        ["dataset", "strategy", *(f"share {point:g}" for point in points)], rows, numbers=len(points)
    )
