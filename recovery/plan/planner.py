"""A campaign: ask which transfers to measure next, measure them, and tell what came out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.own_matrix.cells import shown
from datamodules.sparse.large_file import refuse_large_file
from recovery.candidates import AUTO, Expectation
from recovery.measurements import Measurements, read_measurements
from recovery.plan.budget import check_budget
from recovery.plan.costs import Costs, read_costs
from recovery.plan.draw import Draw
from recovery.plan.goals import find_goal
from recovery.plan.ledger import Ledger
from recovery.plan.picked_runs import pick_runs
from recovery.plan.plan_file import plan_frame, read_plan, read_told, write_plan
from recovery.plan.run import Run
from recovery.plan.wanted_targets import target_names, wanted_targets
from recovery.plan.words import outlook
from recovery.recover import recover_prepared
from recovery.recovery import Recovery
from recovery.strategies.base import Models, PlanState
from recovery.strategies.registry import load_strategy


class Planner:
    """Proposes transfers to measure for a stated goal, by gain per cost.

    Runs may be told that were never asked for; those that are pending count as running and are not proposed
    twice; a failed one is not proposed again unless that is asked for. The same seed and the same values told
    give the same runs.

    With a budget, its last runs are drawn at random from whatever is then left of the targets that matter:
    measured, all of them, they calibrate intervals with a guarantee, which runs picked by a strategy cannot.
    Nothing is picked after the draw, or it would not be one of the cells that remain.

    Args:
        table: the matrix, as :func:`recovery.recover.recover` takes it; nothing need be measured.
        goal: ``best-source``, ``heat-map`` or ``shared-sources``.
        targets: names of the targets that matter, or one; all if omitted.
        costs: a file or frame with costs, see :func:`recovery.plan.costs.read_costs`; 1 for every run if
            omitted.
        budget: what all runs may cost together, those told included; None for no limit, and no draw.
        calibrate: how many of the last runs of a budget are drawn; if omitted, as many as a quarter of it
            pays for whichever they are, 10 at most.
        shared: for ``shared-sources``: how many sources are to be trained at all.
        strategy: name of a strategy, or one's own; the goal's if omitted.
        tasks: for a matrix of one's own: a file with groups, kinds and numbers of its tasks.
        pairs: for a matrix of one's own: a file with what is known of each transfer without measuring it.
        lower_is_better: for a matrix of one's own: the values are errors or losses.
        seed: seed of draws.

    Raises:
        UserError: for a mistake in files or options, a matrix with nothing left to measure, or a long table
            that is too large for a matrix.

    >>> matrix = pd.DataFrame({"b": [.1, .2, .3, None], "c": [.4, .1, None, .2]}, index=[*"adef"])
    >>> planner = Planner(matrix, strategy="round-robin")
    >>> [run.pair for run in planner.ask(2)]
    [('e', 'c'), ('f', 'b')]
    >>> planner.tell(("e", "c"), 0.3)
    >>> [run.pair for run in planner.pending]
    [('f', 'b')]
    """

    def __init__(
        self,
        table: AffinityTable | str | Path | pd.DataFrame,
        *,
        goal: str = "best-source",
        targets: str | Sequence[str] | None = None,
        costs: str | Path | pd.DataFrame | None = None,
        budget: float | None = None,
        calibrate: int | None = None,
        shared: int = 3,
        strategy: str = "",
        tasks: str | Path | None = None,
        pairs: str | Path | None = None,
        lower_is_better: bool = False,
        seed: int = 0,
    ) -> None:
        refuse_large_file(
            table, fix="a plan weighs every pair: write a part of it, with fewer sources or targets"
        )
        if shared < 1:
            raise UserError(f"shared={shared}: train 1 source or more")
        self.goal = find_goal(goal)
        self.strategy = strategy or self.goal.strategy
        self.budget = budget
        self._strategy = load_strategy(self.strategy)
        measurements = read_measurements(
            table, tasks=tasks, pairs=pairs, lower_is_better=lower_is_better, may_be_blank=True
        )
        self._ledger = Ledger(measurements)
        self._wanted = wanted_targets(measurements.table, targets)
        if not self.left:
            raise UserError(
                f"{shown(measurements.table.name)} is fully measured"
                f"{' for these targets' if targets else ''}: there is nothing to plan; `affinity-bench "
                "recover` says what it tells"
            )
        equal = Costs.equal(len(measurements.known))
        self._costs = equal if costs is None else read_costs(costs, measurements.table)
        cheapest = self._costs.of_runs(self._ledger.taken)[self._ledger.open & self._wanted].min()
        check_budget(budget, calibrate=calibrate, cheapest=float(cheapest))
        self._draw = Draw(
            self._ledger, self._costs, among=self._wanted, budget=budget, calibrate=calibrate, seed=seed
        )
        self._shared = shared
        self._seed = seed
        self._models: Models | None = None

    @property
    def runs(self) -> list[Run]:
        """All runs, in the order in which they were proposed or told."""
        return self._ledger.runs

    @property
    def pending(self) -> list[Run]:
        """Runs that were proposed and not told of."""
        return self._ledger.pending

    @property
    def left(self) -> int:
        """How many transfers to the targets that matter could still be proposed."""
        return int((self._ledger.open & self._wanted).sum())

    @property
    def spent(self) -> float:
        """What all runs cost together, pending and failed ones included."""
        return self._ledger.spent

    def ask(self, n: int = 1, *, retry_failed: bool = False) -> list[Run]:
        """Propose runs; they are pending until they are told of.

        Args:
            n: how many at most.
            retry_failed: propose runs that failed again, first of all; each still counts once.

        Returns:
            The runs, best first; fewer than ``n`` if nothing else is left, or affordable.
        """
        ledger = self._ledger
        asked = ledger.retry_failed(n) if retry_failed else []
        if not ledger.drawn:
            within = np.inf if self.budget is None else self.budget - self.spent - self._draw.reserve.cost
            count = n - len(asked)
            asked += pick_runs(ledger, self._state(), self._strategy, self._costs, count=count, within=within)
        return asked + self._draw.go_on(n - len(asked))

    def tell(self, run: Run | tuple[str, str], value: float) -> None:
        """Tell what a run measured, whether it was asked for or not.

        Args:
            run: the run, or its source and target.
            value: what was measured, in the unit and direction of the matrix.

        Raises:
            UserError: for an unknown or a measured transfer, or a value that is not finite.
        """
        if not np.isfinite(value):
            raise UserError(f"{value} is no value: tell a finite number, or that the run failed")
        self._settle(run if isinstance(run, tuple) else run.pair, value)

    def fail(self, run: Run | tuple[str, str]) -> None:
        """Tell that a run failed: it is not proposed again, unless that is asked for.

        Raises:
            UserError: for an unknown or a measured transfer.
        """
        self._settle(run if isinstance(run, tuple) else run.pair, None)

    def outlook(self) -> str:
        """What further runs are expected to change, in words: when to stop."""
        state = self._state()
        targets = np.flatnonzero((state.table.eligible & self._wanted).any(0))
        return outlook(state, self.goal, targets.tolist())

    @property
    def measurements(self) -> Measurements:
        """What is measured by now, to recover the matrix from; drawn cells are marked if they calibrate."""
        return self._ledger.told_measurements()

    def recovery(
        self,
        *,
        level: float = 0.9,
        model: str = AUTO,
        on_candidate: Callable[[Expectation], None] = lambda _: None,
    ) -> Recovery:
        """The matrix, recovered from what is measured by now: its columns of the targets that matter.

        If all drawn runs are measured, and none was told of after them that had not been asked for, intervals
        are guaranteed; else the promise is that of cells picked by hand.

        Args:
            level: share of the unmeasured cells that intervals are to cover.
            model: name of a model, or ``auto``.
            on_candidate: called with what is expected of each model as soon as it is known.

        Raises:
            UserError: if too little is measured to recover anything.
        """
        measurements = self.measurements
        fitted = measurements.table.value[measurements.fitted]
        if not fitted.size or fitted.min() == fitted.max():
            raise UserError(
                "too little is measured to recover anything: tell of two runs with different values"
            )
        chosen = "drawn" if measurements.drawn.any() else "by-hand"
        recovery = recover_prepared(
            measurements, level=level, chosen=chosen, model=model, seed=self._seed, on_candidate=on_candidate
        )
        return recovery.of_targets(target_names(measurements.table, self._wanted))

    def to_frame(self) -> pd.DataFrame:
        """The runs as a table, as in the CSV."""
        return plan_frame(self.runs)

    def save(self, path: str | Path) -> None:
        """Write the runs to a CSV: fill in the values, and :meth:`load` it.

        Raises:
            StorageError: if it cannot be written.
        """
        write_plan(self.runs, Path(path))

    def load(self, path: str | Path) -> None:
        """Take over the runs of a saved plan, with the values that were filled in, there or in the matrix.

        Raises:
            UserError: for a mistake in the file, an unknown transfer, one that is measured already, two
                values of one, or runs that were drawn for other targets; nothing is taken over then.
        """
        runs = read_plan(Path(path))
        self._draw.check(runs, where=f"{path}: ")
        self._ledger.take_over(runs, where=f"{path}: ")
        self._models = None

    def load_told(self, path: str | Path) -> None:
        """Tell all results of a file, see :func:`recovery.plan.plan_file.read_told`.

        Raises:
            UserError: for a mistake in the file, an unknown transfer, or one that is measured already;
                nothing is told then.
        """
        told = read_told(Path(path))
        for source, target, _ in told:
            self._ledger.check_open((source, target), where=f"{path}: ")
        for source, target, value in told:
            self._settle((source, target), value)

    def _settle(self, pair: tuple[str, str], value: float | None) -> None:
        place = self._ledger.check_open(pair)
        cost = float(self._costs.of_runs(self._ledger.taken)[place])
        run = self._ledger.find(pair) or Run(source=pair[0], target=pair[1], kind="told", cost=cost)
        self._ledger.add([replace(run, status="failed" if value is None else "done", value=value)])
        self._models = None

    def _state(self) -> PlanState:
        self._models = self._models or Models(self._ledger.told_table())
        return PlanState(
            models=self._models,
            pending=self._ledger.mask(self.pending),
            candidates=self._ledger.open & self._wanted,
            shared=self._shared,
            seed=self._seed,
        )
