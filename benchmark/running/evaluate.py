"""One model on one matrix, from Python: a cell that writes no file."""

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
) -> Evaluation:
    """Score a model on a matrix under the benchmark's protocol; no file is written.

    The scores are those of ``affinity-bench run`` with the same options, to the last digit.

    Args:
        model: a shipped model's name, ``+z`` behind it for task embeddings; a class of your own, defined in a
            notebook too; ``file.py:Class``; or the path of a YAML file.
        table: what :func:`datamodules.load_table.load_table` returned, or what it takes.
        setting: ``transductive`` (entries hidden) or ``inductive`` (whole tasks hidden).
        mask: share of hidden entries, ``1/3``, ``1/2`` or ``2/3``; transductive only, ``1/3`` when omitted.
        splits: only the first so many splits; all when omitted.
        members: independently initialised copies of the model, whose predictions are averaged.
        epochs: training steps at most; what the model's configuration says when omitted.
        seed: seeds initial weights and noise.

    Returns:
        Scores, predictions and how they came about.

    Raises:
        UserError: for an unknown name or option, or a model that cannot rank transfers in this setting.
        RuntimeError: if the model fails; its traceback is in the message.
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
    # A notebook's own generators, threads and warnings are its own.
    with isolate_rng(), warnings.catch_warnings(), EvaluationProgress() as progress:
        ready = CellRun(
            Cell(place=place, model=find_model(model)), table=table, effort=settings, hardware=Hardware()
        )
        try:
            result, tables = ready.compute(callbacks=[progress])
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
        raise UserError(f"mask='{mask}': the inductive setting hides whole tasks and has none; leave it out")
    return Place(
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        setting=setting,
        mask=(mask or "1/3") if setting == "transductive" else None,
    )
