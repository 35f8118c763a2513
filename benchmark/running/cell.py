"""Running one cell: data, model, fit, predict, score, result."""

import importlib.metadata
import platform
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytorch_lightning as pl

from benchmark.isolation.exchange import ERROR_CHARACTERS
from benchmark.isolation.submission import Submission, describe
from benchmark.isolation.worker import WorkerError, isolation_mark
from benchmark.results.files import finished_fingerprint, write_result
from benchmark.results.schema import (
    SCHEMA_VERSION,
    Data,
    Mark,
    Model,
    Result,
    Run,
    Status,
    Timing,
    fingerprint,
    summarise,
)
from benchmark.results.score_tables import curve_table, score_table
from benchmark.running.applicability import why_not
from benchmark.running.description import Description
from benchmark.running.distributed import LostProcessError, is_rank_zero
from benchmark.running.fit_model import data_for
from benchmark.running.memory.plan import MemoryPlan, plan_memory
from benchmark.running.predict import Fit, PartBegins, fit_and_predict
from benchmark.running.processes import Processes
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.scoring.evaluator import Evaluator, FloatArray
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.splits.protocol import PROTOCOL_VERSION
from lit_models.loading.config import ModelConfig

Tables = dict[str, pd.DataFrame]
LIBRARIES = ("torch", "pytorch-lightning", "torch-geometric", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """Settings of a run that are common to all cells.

    Attributes:
        seed: seed of initial weights and noise.
        members: number of independently initialised copies per split.
        epochs: maximum number of training steps; overrides the model's configuration.
        numbers: numbers of the splits to run; None for all.
    """

    seed: int = 0
    members: int = 8
    epochs: int | None = None
    numbers: Sequence[int] | None = None


class CellRun:
    """A cell prepared for a run: its data, its model, and the fingerprint of its result.

    Args:
        cell: the cell.
        table: the cell's matrix.
        effort: settings of the run.
        hardware: hardware to run on, and the memory that it may take.
        memory: the parts in which it runs, if they have been planned already.

    Raises:
        UserError: if the cell is not applicable; see :mod:`benchmark.running.applicability`.
    """

    def __init__(
        self,
        cell: Cell,
        *,
        table: AffinityTable,
        effort: RunSettings,
        hardware: Hardware,
        memory: MemoryPlan | None = None,
    ) -> None:
        self.memory = memory
        self.cell = cell
        self.effort = effort
        self.hardware = hardware
        place = cell.place
        reason = why_not(cell.model, table, place.setting)
        if reason:
            raise UserError(f"{cell.model.name} cannot be scored on {place.title}: {reason}")
        self.datamodule = data_for(
            cell.model,
            table,
            setting=place.setting,
            mask=place.mask or "1/3",
            numbers=effort.numbers,
        )
        self.description = describe(
            cell.model,
            num_tasks=self.datamodule.num_tasks,
            num_features=self.datamodule.num_features,
            num_pair_features=self.datamodule.num_pair_features,
        )
        self.run = Run(
            seed=effort.seed,
            members=effort.members if self.description.trainable else 1,
            epochs=effort.epochs or cell.model.training.epochs,
        )
        splits = self.datamodule.splits
        self.data = Data(
            unit=self.datamodule.table.unit,
            dataset_hash=self.datamodule.table.hash,
            split_numbers=[split.number for split in splits],
            split_hashes=[split.hash for split in splits],
            query_share=_query_share(self.datamodule),
        )
        self.model = _model(cell.model, self.description)
        self.fingerprint = fingerprint(
            place, self.data, self.model, self.run, protocol_version=PROTOCOL_VERSION
        )

    def is_finished(self, out: Path) -> bool:
        """Whether the output folder has a result with this fingerprint."""
        return finished_fingerprint(self.cell.path(out)) == self.fingerprint

    def plan(self) -> MemoryPlan:
        """The parts in which the cell runs, planned on the first call.

        Raises:
            UserError: if not even one replica fits the budget.
        """
        if self.memory is None:
            self.memory = self._plan_for(self.datamodule)
        return self.memory

    def _plan_for(self, data: AffinityDataModule) -> MemoryPlan:
        return plan_memory(
            self.cell.model,
            data,
            members=self.run.members,
            epochs=self.run.epochs if self.description.trainable else 0,
            seed=self.run.seed,
            hardware=self.hardware,
        )

    def execute(
        self,
        out: Path,
        *,
        callbacks: Sequence[pl.Callback] = (),
        part_begins: PartBegins | None = None,
        processes: Processes | None = None,
        mirror: Mirror | None = None,
    ) -> Result:
        """Run the cell and write its files; a failure is recorded as a result too.

        Args:
            out: output folder.
            callbacks: additional callbacks for the trainer.
            part_begins: called before each part, of several.
            processes: the processes of a distributed run; None for a single process.
            mirror: receives the result after its files are written, on rank zero.

        Returns:
            The result.

        Raises:
            StorageError: if the folder cannot be written to.
            UserError: if not even one replica fits the memory budget.
            LostProcessError: if this process failed and others did not.
        """
        result, tables = self.compute(callbacks=callbacks, part_begins=part_begins, processes=processes)
        return self.keep(result, tables, out, mirror=mirror)

    def keep(self, result: Result, tables: Tables, out: Path, *, mirror: Mirror | None = None) -> Result:
        """Write the output of :meth:`compute` on rank zero; returns the result as written."""
        if not is_rank_zero():
            return result
        written = write_result(result, self.cell.path(out), tables=tables)
        if mirror:
            mirror.keep(written, tables.get("curves"))
        return written

    def compute(
        self,
        *,
        callbacks: Sequence[pl.Callback] = (),
        part_begins: PartBegins | None = None,
        processes: Processes | None = None,
    ) -> tuple[Result, Tables]:
        """Run the cell without writing: the result, and its tables by name; see :meth:`execute`."""
        started = datetime.now(UTC).isoformat(timespec="seconds")
        if self.description.error:
            return self._result("failed", error=self.description.error, started=started), {}
        if self.description.unsupported:
            return self._result("unsupported", error=self.description.unsupported, started=started), {}
        self.plan()
        try:
            return self._fit_and_score(callbacks, part_begins=part_begins, started=started)
        except (Exception, SystemExit) as error:
            reason = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            if processes is not None and not processes.all_failed():
                raise LostProcessError(f"{self.cell.model.name}: {error}") from error
            return self._result("failed", error=reason, started=started), {}

    def predict(self, data: AffinityDataModule) -> tuple[FloatArray, list[Fit]]:
        """Train the model on all splits of some data and predict, without scoring.

        Args:
            data: the cell's datamodule or a part of it. In a batch of copies of one split
                (``datamodule.part([3] * 21)``) there is nothing to pool.

        Returns:
            [S, K, N, N] float64 scores in standardised units, rows and columns in the table's order; and one
            entry per part of the run.
        """
        evaluator, fits = self._predict(data, self._plan_for(data))
        return evaluator.member_scores, fits

    def failed(self, reason: str) -> Result:
        """Make the result of a cell that did not return one."""
        return self._result("failed", error=reason, started=datetime.now(UTC).isoformat(timespec="seconds"))

    def _fit_and_score(
        self, callbacks: Sequence[pl.Callback], *, part_begins: PartBegins | None, started: str
    ) -> tuple[Result, Tables]:
        evaluator, fits = self._predict(
            self.datamodule, self.plan(), callbacks=callbacks, part_begins=part_begins
        )
        names = self.datamodule.table.task_names
        tables = {"scores": score_table(evaluator.member_scores, self.datamodule)}
        if self.description.trainable:
            tables["curves"] = curve_table([point for fit in fits for point in fit.curve])
        result = self._result("ok", error=None, started=started).model_copy(
            update={
                "metrics": {
                    name: summarise(measured, task_names=names)
                    for name, measured in evaluator.metrics().items()
                },
                "model": self.model.model_copy(update={"batched": fits[0].is_batched}),
                "device": fits[0].device,
                "marks": self._marks(fits),
                "timing": Timing(
                    started=started,
                    fit_seconds=sum(fit.fit_seconds for fit in fits),
                    predict_seconds=sum(fit.predict_seconds for fit in fits),
                ),
            }
        )
        return result, tables

    def _predict(
        self,
        data: AffinityDataModule,
        plan: MemoryPlan,
        *,
        callbacks: Sequence[pl.Callback] = (),
        part_begins: PartBegins | None = None,
    ) -> tuple[Evaluator, list[Fit]]:
        evaluator = Evaluator(datamodule=data, name=self.cell.model.name, members=self.run.members)
        fits = fit_and_predict(
            self.cell.model,
            evaluator,
            plan=plan,
            run=self.run,
            hardware=self.hardware,
            callbacks=callbacks,
            part_begins=part_begins,
        )
        return evaluator, fits

    def _marks(self, fits: Sequence[Fit]) -> list[Mark]:
        marks: list[Mark] = ["batch-dependent"] if any(fit.is_batch_dependent for fit in fits) else []
        if isinstance(self.cell.model, Submission):
            marks.append(isolation_mark())
        return marks

    def _result(self, status: Status, *, error: str | None, started: str) -> Result:
        return Result(
            schema_version=SCHEMA_VERSION,
            protocol_version=PROTOCOL_VERSION,
            fingerprint=self.fingerprint,
            status=status,
            error=error and error[-ERROR_CHARACTERS:],
            place=self.cell.place,
            data=self.data,
            model=self.model,
            run=self.run,
            metrics={},
            versions=library_versions(),
            device="",
            timing=Timing(started=started, fit_seconds=0.0, predict_seconds=0.0),
        )


def library_versions() -> dict[str, str]:
    """Versions, by name, of Python and the libraries that affect numbers."""
    return {
        "python": platform.python_version(),
        **{library: importlib.metadata.version(library) for library in LIBRARIES},
    }


def _model(config: ModelConfig, description: Description) -> Model:
    return Model(
        config=config,
        batched=None,
        **description.model_dump(include={"encoder", "directed", "variational", "parameters", "source_hash"}),
    )


def _query_share(datamodule: AffinityDataModule) -> float:
    queries = [split.query.sum() for split in datamodule.splits]
    return float(np.mean(queries) / datamodule.table.eligible.sum())
