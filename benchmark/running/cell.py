"""Running one cell: data, model, fit, predict, score, result."""

import importlib.metadata
import platform
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch

from benchmark.results.files import finished_fingerprint, write_result
from benchmark.results.schema import (
    SCHEMA_VERSION,
    Data,
    Model,
    Result,
    Run,
    Status,
    Timing,
    fingerprint,
    summarise,
)
from benchmark.results.score_tables import CurveLosses, curve_losses, curve_table, score_table
from benchmark.running.applicability import why_not
from benchmark.running.distributed import LostProcessError, gather, is_rank_zero
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.memory.chunks import Chunk
from benchmark.running.memory.plan import MemoryPlan, plan_memory
from benchmark.running.memory.release import release_memory
from benchmark.running.processes import Processes
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.scoring.evaluator import Evaluator
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.splits.protocol import PROTOCOL_VERSION
from lit_models.autoencoder import Variational
from lit_models.base import RecoveryModel, build_model
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory

Tables = dict[str, pd.DataFrame]
# Called before each part of a cell with its number, from 1, and the number of parts.
PartBegins = Callable[[int, int], None]
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
        build = model_factory(cell.model)
        self.template: RecoveryModel | None = None
        self.build_error: str | None = None
        self.unsupported: str | None = None
        try:
            self.template = build_model(
                build,
                self.datamodule.num_tasks,
                self.datamodule.num_features,
                self.datamodule.num_pair_features,
            )
        except UserError as refusal:  # the model does not support the number of tasks of a split
            self.unsupported = str(refusal)
        except Exception:  # fails the cell, not the suite
            self.build_error = traceback.format_exc()
        self.trainable = self.template is not None and any(
            value.requires_grad for value in self.template.parameters()
        )
        self.run = Run(
            seed=effort.seed,
            members=effort.members if self.trainable else 1,
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
        self.model = _describe(cell.model, self.template)
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
            self.memory = plan_memory(
                self.cell.model,
                self.datamodule,
                members=self.run.members,
                epochs=self.run.epochs if self.trainable else 0,
                seed=self.run.seed,
                hardware=self.hardware,
            )
        return self.memory

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
        if self.build_error:
            return self._result("failed", error=self.build_error, started=started), {}
        if self.unsupported:
            return self._result("unsupported", error=self.unsupported, started=started), {}
        self.plan()
        try:
            return self._fit_and_score(callbacks, part_begins=part_begins, started=started)
        except Exception as error:
            reason = traceback.format_exc()
            if processes is not None and not processes.all_failed():
                raise LostProcessError(f"{self.cell.model.name}: {error}") from error
            return self._result("failed", error=reason, started=started), {}

    def failed(self, reason: str) -> Result:
        """Make the result of a cell that did not return one."""
        return self._result("failed", error=reason, started=datetime.now(UTC).isoformat(timespec="seconds"))

    def _fit_and_score(
        self, callbacks: Sequence[pl.Callback], *, part_begins: PartBegins | None, started: str
    ) -> tuple[Result, Tables]:
        evaluator = Evaluator(datamodule=self.datamodule, name=self.cell.model.name, members=self.run.members)
        plan = self.plan()
        chunks = plan.chunks
        fits: list[_Fit] = []
        for number, chunk in enumerate(chunks, start=1):
            if part_begins is not None and len(chunks) > 1:
                part_begins(number, len(chunks))
            evaluator.expect(chunk)
            fits.append(self._fit_and_predict(chunk, callbacks=[evaluator, *callbacks]))
            if plan.peak_bytes:
                release_memory()
        names = self.datamodule.table.task_names
        tables = {"scores": score_table(evaluator.member_scores, self.datamodule)}
        if self.trainable:
            tables["curves"] = curve_table([point for fit in fits for point in fit.curve])
        result = self._result("ok", error=None, started=started).model_copy(
            update={
                "metrics": {
                    name: summarise(measured, task_names=names)
                    for name, measured in evaluator.metrics().items()
                },
                "model": self.model.model_copy(update={"batched": fits[0].is_batched}),
                "device": fits[0].device,
                "marks": ["batch-dependent"] if any(fit.is_batch_dependent for fit in fits) else [],
                "timing": Timing(
                    started=started,
                    fit_seconds=sum(fit.fit_seconds for fit in fits),
                    predict_seconds=sum(fit.predict_seconds for fit in fits),
                ),
            }
        )
        return result, tables

    def _fit_and_predict(self, chunk: Chunk, *, callbacks: Sequence[pl.Callback]) -> "_Fit":
        part = self.datamodule.part(chunk.positions)
        module, trainer, fit_seconds = fit_model(
            self.cell.model,
            part,
            members=chunk.members,
            first_member=chunk.first_member,
            seed=self.run.seed,
            epochs=self.run.epochs,
            hardware=self.hardware,
            callbacks=callbacks,
        )
        fitted = time.perf_counter()
        trainer.predict(module, datamodule=part, return_predictions=False)
        numbers = [split.number for split in part.splits]
        return _Fit(
            curve=[losses for own in gather(module.curve) for losses in curve_losses(own, numbers=numbers)],
            is_batched=module.is_batched,
            is_batch_dependent=module.is_batch_dependent,
            device=_device_name(trainer),
            fit_seconds=fit_seconds,
            predict_seconds=time.perf_counter() - fitted,
        )

    def _result(self, status: Status, *, error: str | None, started: str) -> Result:
        return Result(
            schema_version=SCHEMA_VERSION,
            protocol_version=PROTOCOL_VERSION,
            fingerprint=self.fingerprint,
            status=status,
            error=error,
            place=self.cell.place,
            data=self.data,
            model=self.model,
            run=self.run,
            metrics={},
            versions=library_versions(),
            device="",
            timing=Timing(started=started, fit_seconds=0.0, predict_seconds=0.0),
        )


class _Fit(NamedTuple):
    """What is left of a chunk's training once its predictions are with the evaluator."""

    curve: list[CurveLosses]
    is_batched: bool | None
    is_batch_dependent: bool
    device: str
    fit_seconds: float
    predict_seconds: float


def library_versions() -> dict[str, str]:
    """Versions, by name, of Python and the libraries that affect numbers."""
    return {
        "python": platform.python_version(),
        **{library: importlib.metadata.version(library) for library in LIBRARIES},
    }


def _describe(config: ModelConfig, model: RecoveryModel | None) -> Model:
    return Model(
        config=config,
        encoder=model.encoder_name if model else "",
        directed=model.directed if model else True,
        variational=isinstance(model, Variational),
        parameters=sum(value.numel() for value in model.parameters()) if model else 0,
        source_hash=source_hash(model) if model else "",
        batched=None,
    )


def _query_share(datamodule: AffinityDataModule) -> float:
    queries = [split.query.sum() for split in datamodule.splits]
    return float(np.mean(queries) / datamodule.table.eligible.sum())


def _device_name(trainer: pl.Trainer) -> str:
    device = trainer.strategy.root_device
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} ({platform.machine()})"
