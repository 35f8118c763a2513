"""The runs of a campaign, beside what its matrix has measured."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

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

    def retry_failed(self, count: int) -> list[Run]:
        """Make runs that failed pending again, ``count`` at most; they keep their kind and their cost.

        Drawn ones too: without those that fail, the others are no random draw.
        """
        failed = [run for run in self.runs if run.status == "failed"]
        again = [replace(run, status="pending") for run in failed[:count]]
        self.add(again)
        return again

    def take_over(self, runs: Sequence[Run], *, where: str) -> None:
        """Add the runs of a saved plan, all or none; one whose value stands in the matrix is done.

        Args:
            runs: the runs.
            where: the file that they are from, for the message.

        Raises:
            UserError: for an unknown transfer, one that is measured already, or two values of one.
        """
        self.add([self._as_measured(run, where=where) for run in runs])

    def place(
        self, pair: tuple[str, str], *, where: str = "", fix: str = "use the names of the matrix"
    ) -> tuple[int, int]:
        """Where a transfer stands in the matrix.

        Args:
            pair: names of source and target.
            where: the file that it is from, for the message.
            fix: what to do if there is no such transfer, for the message.

        Returns:
            Row and column.

        Raises:
            UserError: if there is no such transfer.
        """
        source, target = (self._index.get(name, -1) for name in pair)
        if min(source, target) < 0 or not self._table.eligible[source, target]:
            raise UserError(
                f"{where}{shown(pair[0])} -> {shown(pair[1])} is no transfer of {shown(self._table.name)}: "
                f"{fix}"
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

        The drawn runs calibrate if all of them are measured, and no other run was added after them, which
        would be missing from what they were drawn from; else no cell is said to be drawn.
        """
        last = list(dropwhile(lambda run: run.kind != "drawn", self.runs))
        whole = all(run.kind == "drawn" and run.status == "done" for run in last)
        return replace(self.measurements, table=self.told_table(), drawn=self.mask(last if whole else []))

    def _as_measured(self, run: Run, *, where: str) -> Run:
        fix = (
            "use the names of the matrix; if this is the plan of another one, give yours another name (--out)"
        )
        place = self.place(run.pair, where=where, fix=fix)
        if not self.measurements.known[place]:
            self.check_open(run.pair, where=where)
            return run
        value = float(self.measurements.in_own_unit(self._table.value)[place])
        if run.value not in (None, value):
            raise UserError(
                f"{where}{shown(run.source)} -> {shown(run.target)} has the value {run.value!r} here, and "
                f"{value!r} in the matrix: correct one"
            )
        return replace(run, status="done", value=value)
