"""Evaluating a model on a matrix from Python: a cell that writes no file."""

import warnings
from pathlib import Path
from typing import get_args

import pandas as pd
import torch
from pytorch_lightning.utilities.seed import isolate_rng

from benchmark.progress.evaluation import EvaluationProgress
from benchmark.results.evaluation import Evaluation
from benchmark.results.schema import Place
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.load_table import load_table
from datamodules.splits.protocol import MASKS, Mask, Setting
from lit_models.base import RecoveryModel
from lit_models.registry import find_model


def evaluate(
    model: str | Path | type[RecoveryModel],
    table: AffinityTable | str | Path | pd.DataFrame,
    *,
    setting: Setting = "transductive",
    mask: Mask | None = None,
    splits: int | None = None,
    members: int = 8,
    epochs: int | None = None,
    seed: int = 0,
    memory: str = "",
) -> Evaluation:
    """Score a model on a matrix under the benchmark's protocol, without writing files.

    The scores are identical to those of ``affinity-bench run`` with the same options.

    Args:
        model: name of a shipped model, with ``+z`` appended for task embeddings; your own class, which may be
            defined in a notebook; ``file.py:Class``; or the path of a YAML file.
        table: a table, or anything that :func:`datamodules.load_table.load_table` accepts.
        setting: ``transductive`` (entries hidden) or ``inductive`` (whole tasks hidden).
        mask: missing ratio, ``1/3``, ``1/2`` or ``2/3``; transductive only, default ``1/3``.
        splits: number of splits to run, from the first; all if omitted.
        members: number of independently initialised copies of the model, whose predictions are averaged.
        epochs: maximum number of training steps; overrides the model's configuration.
        seed: seed of initial weights and noise.
        memory: how much to take, e.g. ``4GiB``; three quarters of what the machine has if omitted. Splits and
            members that do not fit at once run in parts, with the same result.

    Returns:
        Scores, predictions and the settings of the run.

    Raises:
        UserError: for an unknown name or option, a model that cannot rank transfers in this setting, or too
            little memory for a single split and member.
        RuntimeError: if the model fails; the message has its traceback.
    """
    if not isinstance(table, AffinityTable):
        table = load_table(table)
    place = _place(table, setting, mask)
    for name, number in (("splits", splits), ("members", members), ("epochs", epochs)):
        if number is not None and number < 1:
            raise UserError(f"{name}={number}: at least 1 is needed")
    settings = RunSettings(
        seed=seed,
        members=members,
        epochs=epochs,
        numbers=None if splits is None else tuple(range(splits)),
    )
    threads = torch.get_num_threads()
    # Leave the notebook's random states, number of threads and warnings unchanged.
    with isolate_rng(), warnings.catch_warnings(), EvaluationProgress() as progress:
        ready = CellRun(
            Cell(place=place, model=find_model(model)),
            table=table,
            effort=settings,
            hardware=Hardware(memory=MemoryBudget.of(memory)),
        )
        try:
            result, tables = ready.compute(callbacks=[progress], part_begins=progress.begin_part)
        finally:
            torch.set_num_threads(threads)
    if result.status == "unsupported":
        raise UserError(str(result.error))
    if result.status == "failed":
        raise RuntimeError(f"{result.model.config.name} failed:\n{result.error}")
    return Evaluation(result=result, predictions=tables["scores"])


def _place(table: AffinityTable, setting: Setting, mask: Mask | None) -> Place:
    if setting not in get_args(Setting):
        raise unknown_name("setting", setting, get_args(Setting))
    if mask is not None and mask not in MASKS:
        raise unknown_name("mask", mask, MASKS)
    if mask is not None and setting == "inductive":
        raise UserError(f"mask='{mask}': the inductive setting hides whole tasks and has no mask; omit it")
    return Place(
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        setting=setting,
        mask=(mask or "1/3") if setting == "transductive" else None,
    )
