"""A recovered matrix: its cells, what is promised of them, and how to keep and show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd

from datamodules.errors import unknown_name
from recovery.guarantee import Guarantee
from recovery.plots import Plots
from recovery.record import Record


@dataclass(frozen=True, eq=False)
class Recovery:
    """A recovered matrix, in the user's own unit and direction.

    Attributes:
        cells: a row per transfer, by source and target: ``value`` as measured or else as predicted, ``low``
            and ``high`` of its interval (the value itself where measured; −∞ and ∞ where unbounded),
            ``measured``, ``shrunk_value`` (a measured value drawn towards what the other cells say of it),
            and ``chance_best``, the chance that the source is the best of its target.
        record: everything else that is known of it.
    """

    cells: pd.DataFrame
    record: Record

    def __repr__(self) -> str:
        recovered = int((~self.cells.measured).sum())
        return (
            f"Recovery({self.record.name}: {recovered} of {len(self.cells)} transfers recovered by "
            f"{self.model}; {self.guarantee.headline})"
        )

    @property
    def guarantee(self) -> Guarantee:
        """What the intervals promise; ``str`` of it says so in words."""
        return self.record.guarantee

    @property
    def model(self) -> str:
        """Name of the model that predicted."""
        return self.record.model

    @property
    def expected(self) -> pd.DataFrame:
        """What cross-validation on the measured cells expects: the model first, then those it was tried with.

        Per-target ``spearman`` and ``regret@1`` (what is lost by taking the source that looks best, as a
        share of the target's range), and the mean absolute ``error`` in standard deviations of the target, by
        which ``auto`` chooses (:func:`recovery.candidates.best`).
        """
        frame = pd.DataFrame(self.record.expectations, columns=["model", "error", "spearman", "regret@1"])
        own = frame.model == self.model
        ordered = pd.concat([frame[own], frame[~own].sort_values("error")]).set_index("model")
        return ordered[["spearman", "regret@1", "error"]]

    @property
    def sources(self) -> list[str]:
        """Names of the sources, in the order of the matrix."""
        return list(dict.fromkeys(self.cells.source))

    @property
    def targets(self) -> list[str]:
        """Names of the targets, in the order of the matrix."""
        return self.record.targets

    def matrix(self) -> pd.DataFrame:
        """The filled matrix.

        Returns:
            Sources as the index, targets as the columns; NaN where there is no transfer.
        """
        wide = self.cells.pivot(index="source", columns="target", values="value")
        return wide.reindex(index=self.sources, columns=self.targets)

    def shortlist(self, target: str, k: int = 5) -> pd.DataFrame:
        """The best sources of a target.

        Args:
            target: name of the target.
            k: how many.

        Returns:
            Up to k rows, best value first, indexed by source: ``value``, ``low``, ``high``, ``measured``,
            ``shrunk_value`` and ``chance_best``.

        Raises:
            UserError: for an unknown target.
        """
        if target not in self.targets:
            raise unknown_name("target", target, self.targets)
        own = self.cells[self.cells.target == target].drop(columns="target")
        ordered = own.sort_values("value", ascending=self.record.lower_is_better, kind="stable")
        return ordered.head(k).set_index("source")

    def of_targets(self, targets: Sequence[str]) -> Self:
        """The same for some of the targets alone; what was expected and checked stays that of all.

        Args:
            targets: names of the targets.
        """
        cells = self.cells[self.cells.target.isin(targets)].reset_index(drop=True)
        unmeasured = int((~cells.measured).sum())
        changed = {
            "guarantee": replace(self.guarantee, unmeasured=unmeasured),
            "targets": [name for name in self.targets if name in targets],
            "never_measured": [name for name in self.record.never_measured if name in targets],
        }
        return replace(self, cells=cells, record=self.record.model_copy(update=changed))

    @cached_property
    def plot(self) -> Plots:
        """Altair charts: ``plot.heat_map()``, ``plot.target(name)`` and ``plot.calibration()``."""
        return Plots(self.cells, self.record)

    def save(self, folder: str | Path) -> Path:
        """Write cells.csv, cells.parquet, matrix.csv, recovery.json, and a report for the browser.

        Args:
            folder: where to; created if missing, and files of these names are replaced.

        Returns:
            The report, ``index.html``.
        """
        from recovery.saved_files import save  # draws the report, which takes a second to import

        return save(Path(folder), cells=self.cells, matrix=self.matrix(), record=self.record)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises:
            UserError: if the folder has no recovered matrix, or one of another format.
        """
        from recovery.saved_files import load

        return cls(*load(Path(folder)))
