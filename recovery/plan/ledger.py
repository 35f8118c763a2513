"""The runs of a campaign, beside what its matrix has measured."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import BoolMatrix
from datamodules.own_matrix.cells import shown
from recovery.measurements import Measurements
from recovery.plan.run import Run


class Ledger:
    """Runs by source and target, in the order in which they were proposed or told.

    Args:
        measurements: the matrix.
    """

    def __init__(self, measurements: Measurements) -> None:
        self.measurements = measurements
        self._table = measurements.table
        self._index = {name: number for number, name in enumerate(self._table.task_names)}
        self._runs: dict[tuple[str, str], Run] = {}

    @property
    def runs(self) -> list[Run]:
        """All of them."""
        return list(self._runs.values())

    @property
    def pending(self) -> list[Run]:
        """Those that were proposed and not told of."""
        return [run for run in self.runs if run.status == "pending"]

    @property
    def drawn(self) -> list[Run]:
        """Those that were drawn at random."""
        return [run for run in self.runs if run.kind == "drawn"]

    @property
    def spent(self) -> float:
        """What all cost together, pending and failed ones included."""
        return float(sum(run.cost for run in self.runs))

    @property
    def taken(self) -> BoolMatrix:
        """[N, N] bool, measured, failed and pending transfers."""
        return self.measurements.known | self.mask(self.runs)

    @property
    def open(self) -> BoolMatrix:
        """[N, N] bool, the others."""
        return self._table.eligible & ~self.taken

    def find(self, pair: tuple[str, str]) -> Run | None:
        """The run of a transfer; None if there is none."""
        return self._runs.get(pair)

    def add(self, runs: Sequence[Run]) -> None:
        """Add runs, or replace those of the same transfers."""
        self._runs |= {run.pair: run for run in runs}

    def forget_failed(self) -> None:
        """Leave out the runs that failed."""
        self._runs = {pair: run for pair, run in self._runs.items() if run.status != "failed"}

    def place(self, pair: tuple[str, str], *, where: str = "") -> tuple[int, int]:
        """Where a transfer stands in the matrix.

        Args:
            pair: names of source and target.
            where: the file that it is from, for the message.

        Returns:
            Row and column.

        Raises:
            UserError: if there is no such transfer.
        """
        source, target = (self._index.get(name, -1) for name in pair)
        if min(source, target) < 0 or not self._table.eligible[source, target]:
            raise UserError(
                f"{where}{shown(pair[0])} -> {shown(pair[1])} is no transfer of {shown(self._table.name)}: "
                "use the names of the matrix"
            )
        return source, target

    def check_open(self, pair: tuple[str, str], *, where: str = "") -> tuple[int, int]:
        """As :meth:`place`; refuses a transfer that is measured already."""
        place, there = self.place(pair, where=where), self.find(pair)
        if self.measurements.known[place] or (there and there.status == "done"):
            raise UserError(
                f"{where}{shown(pair[0])} -> {shown(pair[1])} is measured already: leave it out here, or "
                "take its value out of the matrix"
            )
        return place

    def names(self, source: int, target: int) -> tuple[str, str]:
        """Names of a transfer's source and target."""
        return self._table.task_names[source], self._table.task_names[target]

    def mask(self, runs: Sequence[Run]) -> BoolMatrix:
        """[N, N] bool, true at these runs."""
        mask = np.zeros_like(self._table.eligible)
        for run in runs:
            mask[self._index[run.source], self._index[run.target]] = True
        return mask

    def told_table(self) -> AffinityTable:
        """The matrix with the values that were told."""
        value = self._table.value.copy()
        for run in self.runs:
            if run.value is not None:
                sign = -1.0 if self.measurements.lower_is_better else 1.0
                value[self._index[run.source], self._index[run.target]] = sign * run.value
        return replace(self._table, value=value)

    def told_measurements(self) -> Measurements:
        """What is measured by now, to recover the matrix from.

        The drawn runs calibrate if all of them are measured; else no cell is said to be drawn.
        """
        drawn = self.drawn
        calibrated = drawn if all(run.status == "done" for run in drawn) else []
        return replace(self.measurements, table=self.told_table(), drawn=self.mask(calibrated))
