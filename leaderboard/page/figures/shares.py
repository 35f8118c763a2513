"""Figure: score against the missing ratio, with the test-retest agreement of the matrix."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from leaderboard.boards.aggregate import Board
from leaderboard.claims.pairs import best_baseline
from leaderboard.page.figures.figure import ACCENT, MUTED, Figure, to_svg
from leaderboard.page.rows import kind_of

MODELS = 5
# Number of best models of a board among which those run at every missing ratio are looked for.
CANDIDATES = 100
WHOLE_COLUMN = "column.spearman"
SERIES = tuple(f"var(--series-{number})" for number in range(MODELS + 1))


def shares_figure(key: str, boards: Sequence[Board], again: Mapping[str, float]) -> Figure | None:
    """Plot the score of several models against the missing ratio of one matrix.

    Scores are over whole columns, as for the retest: the queries of a split are a shorter, harder list.

    Args:
        key: key of the figure.
        boards: transductive boards of one matrix and protocol version, one per missing ratio.
        again: what measuring the matrix again scores, by how that is known.

    Returns:
        The figure; None if no model was scored over whole columns.
    """
    widest = max(boards, key=lambda board: _scored(board, boards))
    baseline = best_baseline(widest.results)
    ranked = [each for each in widest.results[:CANDIDATES] if WHOLE_COLUMN in each.metrics]
    ranked.sort(key=lambda each: -sum(board.find(each.model.config.name) is not None for board in boards))
    names = dict.fromkeys(each.model.config.name for each in ranked[:MODELS])
    if baseline:
        names[baseline.model.config.name] = None
    data = pd.DataFrame(
        [
            {
                "model": name,
                "kind": kind_of(result),
                "hidden": result.data.query_share,
                "spearman": metric.mean,
                "low": metric.low,
                "high": metric.high,
            }
            for name in names
            for board in boards
            if (result := board.find(name)) and (metric := result.metrics.get(WHOLE_COLUMN))
            if metric.mean is not None
        ]
    )
    if data.empty:
        return None
    lines = pd.DataFrame(
        [
            {
                "model": f"{words} ({score:.2f})",
                "spearman": score,
                "hidden": 0.69,
            }
            for words, score in again.items()
        ]
    )
    masks = ", ".join(board.place.mask or "" for board in boards)
    dashed = " Dashed: score of measuring the same matrix again." if again else ""
    more = "" if len(boards) > 1 else f" Only {masks} was run; MASK=1/2,2/3 adds the others."
    return Figure(
        key=key,
        title="Score against missing ratio",
        caption=f"Per-target Spearman over whole columns with 95 % intervals.{dashed}{more}",
        svgs=[_draw(data, list(names), lines)],
        data=pd.concat([data, lines.assign(kind="retest", hidden=None)]) if len(lines) else data,
    )


def _scored(board: Board, boards: Sequence[Board]) -> int:
    """Number of the board's best models that all other boards have too, and that can be drawn as lines."""
    return sum(
        all(other.find(each.model.config.name) for other in boards) for each in board.results[:CANDIDATES]
    )


def _draw(data: pd.DataFrame, names: list[str], lines: pd.DataFrame) -> str:
    x = alt.X("hidden:Q").scale(domain=[0.28, 0.72]).title("missing ratio")
    x = x.axis(values=[1 / 3, 1 / 2, 2 / 3], format=".2f", grid=False)
    y = alt.Y("spearman:Q").scale(zero=False, nice=True).title("per-target Spearman, whole columns")
    color = alt.Color("model:N").scale(domain=names, range=list(SERIES[: len(names)]))
    color = color.title(None).legend(orient="bottom", columns=2, labelLimit=128)
    # Shift the models horizontally, so that their intervals do not cover each other.
    offset = 0.008
    place = {name: offset * (number - (len(names) - 1) / 2) for number, name in enumerate(names)}
    moved = data.assign(hidden=data.hidden + data.model.map(place))
    base = alt.Chart(moved)
    layers = [
        base.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=color),
        base.mark_rule(strokeWidth=1.5, opacity=0.6).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=color),
        base.mark_circle(size=45, opacity=1).encode(x=x, y=y, color=color),
    ]
    if len(lines):
        retest = alt.Chart(lines)
        layers.append(retest.mark_rule(strokeDash=[5, 4], color=ACCENT).encode(y="spearman:Q"))
        layers.append(
            retest.mark_text(align="right", dx=6, dy=-6, fontSize=10.5, color=MUTED).encode(
                x=x, y="spearman:Q", text="model:N"
            )
        )
    return to_svg(alt.layer(*layers).properties(width=300, height=230))
