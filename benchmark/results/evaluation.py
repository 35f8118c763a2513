"""The return value of an evaluation from Python: a result with its predictions."""

from dataclasses import dataclass

import pandas as pd

from benchmark.reporting.terminal_boards import COLUMNS
from benchmark.results.schema import Result
from benchmark.scoring.measured import HEADLINE


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Evaluation:
    """A model's scores on one matrix.

    Attributes:
        result: the result, as in a result file.
        predictions: one row per query: ``split``, ``source``, ``target``, ``score`` (mean over members, in
            units standardised per target) and ``spread`` (ensemble standard deviation).
    """

    result: Result
    predictions: pd.DataFrame

    @property
    def score(self) -> float | None:
        """Per-target Spearman in [−1, 1], mean over targets, then splits; None if no target was scored."""
        return self.result.metrics[HEADLINE].mean

    @property
    def per_target(self) -> pd.Series:
        """Spearman per target in [−1, 1], mean over splits."""
        return pd.Series(self.result.metrics[HEADLINE].per_target, name=HEADLINE, dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """All metrics as a data frame.

        Returns:
            One row per metric: ``mean``, ``low`` and ``high`` (95 % bootstrap interval over targets and
            splits), and ``counted``, the number of (split, target) pairs scored.
        """
        rows = {
            name: (metric.mean, metric.low, metric.high, metric.counted)
            for name, metric in self.result.metrics.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high", "counted"])

    def __repr__(self) -> str:
        return f"{self._heading()}\n\n{self._summary().to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{self._heading()}</p>{self._summary().to_html()}"

    def _summary(self) -> pd.DataFrame:
        """The metrics of a board, rounded."""
        frame = self.to_frame()
        shown = {name: heading for name, heading in COLUMNS.items() if name in frame.index}
        return frame.loc[list(shown)].rename(index=shown).round(3)

    def _heading(self) -> str:
        run, timing = self.result.run, self.result.timing
        splits = len(self.result.data.split_numbers)
        seconds = timing.fit_seconds + timing.predict_seconds
        return (
            f"{self.result.model.config.name} on {self.result.place.title}: {_count(splits, 'split')}, "
            f"{_count(run.members, 'member')}, {seconds:.1f} s"
        )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
