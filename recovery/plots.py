"""Figures of a recovered matrix, as Altair charts."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from datamodules.errors import unknown_name
from recovery.record import Record

CELL = 22  # pixels
ROW = 18


@dataclass(frozen=True, eq=False)
class Plots:
    """Figures of a recovered matrix.

    Attributes:
        cells: a row per transfer, as in :class:`recovery.recovery.Recovery`.
        record: everything else that is known of it.
    """

    cells: pd.DataFrame
    record: Record

    def heat_map(self) -> Any:
        """The matrix, each target's values ranked; recovered cells fade with the width of their interval.

        Returns:
            An Altair chart: measured cells outlined, sources in rows, targets in columns.
        """
        by_target = self.cells.groupby("target", sort=False)
        width = self.cells.high - self.cells.low
        span = by_target.value.transform("max") - by_target.value.transform("min")
        relative = (width / span.where(span > 0)).fillna(0.0).clip(upper=2.0)
        rank = by_target.value.rank(pct=True, ascending=not self.record.lower_is_better)
        shown = self.cells.assign(sureness=1.0 - 0.4 * relative, rank=rank)
        base = alt.Chart(shown).encode(
            x=alt.X("target:N", sort=self.record.targets).title("target").axis(orient="top", labelAngle=-90),
            y=alt.Y("source:N", sort=list(dict.fromkeys(self.cells.source))).title("source"),
            tooltip=["source", "target", "value", "low", "high", "measured", "chance_best"],
        )
        fill = base.mark_rect().encode(
            color=alt.Color("rank:Q").scale(scheme="blueorange", reverse=True).title("rank in its target"),
            opacity=alt.Opacity("sureness:Q").scale(domain=[0, 1], range=[0, 1]).legend(None),
        )
        outline = base.transform_filter("datum.measured").mark_rect(
            filled=False, stroke="black", strokeWidth=1
        )
        return alt.layer(fill, outline).properties(
            width=alt.Step(CELL), height=alt.Step(CELL), title=f"{self.record.name}: measured cells outlined"
        )

    def target(self, name: str) -> Any:
        """A target's sources with their intervals, best first.

        Args:
            name: name of the target.

        Returns:
            An Altair chart.

        Raises:
            UserError: for an unknown target.
        """
        if name not in self.record.targets:
            raise unknown_name("target", name, self.record.targets)
        own = self.cells[self.cells.target == name]
        order = list(own.sort_values("value", ascending=self.record.lower_is_better).source)
        base = alt.Chart(own).encode(y=alt.Y("source:N", sort=order).title(None))
        finite = "isFinite(datum.low) && isFinite(datum.high)"
        rule = base.transform_filter(finite).mark_rule().encode(x=alt.X("low:Q"), x2="high:Q")
        point = base.mark_point(filled=True, size=50).encode(
            x=alt.X("value:Q").title("value").scale(zero=False),
            shape=alt.Shape("measured:N").scale(domain=[True, False], range=["square", "circle"]),
            color=alt.Color("measured:N").scale(domain=[True, False], range=["black", "#0b6b63"]),
            tooltip=["source", "value", "low", "high", "chance_best"],
        )
        return alt.layer(rule, point).properties(
            title=f"{name}: {self.record.guarantee.headline}", height=alt.Step(ROW), width=380
        )

    def calibration(self) -> Any:
        """Coverage of intervals against their level, and how often chances to be the best came true.

        Returns:
            An Altair chart of two panels; perfect calibration is the diagonal.
        """
        coverage = pd.DataFrame(self.record.calibration, columns=["said", "came true"])
        chances = pd.DataFrame(self.record.chances, columns=["said", "came true", "cells"])
        panels = [
            _on_diagonal(coverage, title="intervals", said="level", true="share covered"),
            _on_diagonal(chances, title="best of its target", said="chance", true="share that is best"),
        ]
        return alt.hconcat(*panels)


def _on_diagonal(frame: pd.DataFrame, *, title: str, said: str, true: str) -> Any:
    share = alt.Scale(domain=[0, 1])
    diagonal = pd.DataFrame({"said": [0, 1], "came true": [0, 1]})
    x, y = alt.X("said:Q").scale(share).title(said), alt.Y("came true:Q").scale(share).title(true)
    line = alt.Chart(diagonal).mark_line(strokeDash=[4, 3], color="gray").encode(x=x, y=y)
    points = alt.Chart(frame).mark_point(filled=True, size=50).encode(x=x, y=y, tooltip=list(frame.columns))
    return alt.layer(line, points).properties(title=title, width=240, height=240)
