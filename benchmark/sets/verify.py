"""Verifying results of the sets track: the cell is prepared again, and splits of it run again, each alone."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import Code, WorkerError, isolation_mark
from benchmark.results.schema import VERIFIED, Metric, last_line
from benchmark.running.trainer import Hardware
from benchmark.sets.fit_set_model import fit_set_model
from benchmark.sets.result import SetCell, SetResult, read_result
from benchmark.sets.run_cell import SetTask, make_cell, make_task, metrics_of
from benchmark.sets.sham import judge_sham_sets, sham_sets
from benchmark.verifying.differing_fields import differences
from benchmark.verifying.rerun_split import SPLITS_OF_A_SUBMISSION, UNPREDICTABLE
from benchmark.verifying.run_sham import run_shams
from benchmark.verifying.sham import Sham
from benchmark.verifying.verify import Verdict
from datamodules.errors import UserError
from datamodules.sets.published_sets import PUBLISHED, published_sets
from datamodules.sets.task_sets import TaskSets
from lit_models.loading.config import ModelConfig
from lit_models.sets.registry import load_set_model, set_model_names

# A network that is trained alone rounds differently than beside other splits; a target whose first two sets
# nearly tie may then choose the other one, which regret and gain show more than the order does.
CLOSE, CLOSE_OF_CHOICES = 0.02, 0.1
ROUNDING = 1e-9


def is_set_result(content: Mapping[str, Any]) -> bool:
    """Whether what a file holds looks like a result of the sets track."""
    return {"cell", "choices"} <= content.keys()


def verify_set_result(
    path: Path,
    *,
    models: Mapping[str, ModelConfig],
    own: TaskSets | None = None,
    split: int | None = None,
    isolate: bool = False,
    limit_seconds: float = 3600.0,
) -> Verdict:
    """Compare a result with the data, splits and model that are here, and run a split of it again by itself.

    Of a submission, two splits are run in workers, and all of them on a sham.

    Args:
        path: a result file.
        models: models of one's own, by name.
        own: sets of the user's own, beside the published ones.
        split: number of the split to run again; drawn at random if omitted.
        isolate: treat shipped models as submissions.
        limit_seconds: time limit of each run of a submission.

    Returns:
        Why it is refused, and notes.
    """
    notes: list[str] = []
    hardware = Hardware(limit_seconds=limit_seconds)
    try:
        result = read_result(path)
        name = result.cell.model.name
        config = models[name] if name in models else shipped_set_model(name)
        if isolate and not isinstance(config, Submission):
            config = Submission(**config.model_dump(), code=Code(word=config.name))
        refusals = list(_refusals(result, config, own, split, hardware, notes))
    except (UserError, WorkerError) as error:
        return Verdict([last_line(str(error))], notes)
    return Verdict(refusals, notes, isinstance(config, Submission))


def mark_set_result(path: Path) -> None:
    """Mark a result as verified, which ``verify_set_result`` has just accepted as one of a submission.

    Raises:
        StorageError: if it cannot be written.
    """
    read_result(path).model_copy(update={"marks": [isolation_mark(), VERIFIED]}).write_to(path)


def shipped_set_model(name: str) -> ModelConfig:
    """The configuration of a shipped set model, whatever else a name may name.

    Args:
        name: of the model, suffixes such as ``+z`` included.

    Raises:
        UserError: for any other name.
    """
    if name.partition("+")[0] not in set_model_names():
        raise UserError(
            f"cell.model.name: '{name}' is no shipped set model, and code that only a file names is not run: "
            "read its code, then name it with --model, as in --model path/to/file.py:Class"
        )
    return load_set_model(name)


def _sets(cell: SetCell, own: TaskSets | None) -> TaskSets:
    """The sets that a file names: the user's own, or published ones."""
    if own and own.table.name == cell.dataset:
        return own
    if cell.dataset not in PUBLISHED:
        raise UserError(
            f"cell.dataset: '{cell.dataset}' is no published dataset with sets: give your own matrix and "
            "sets with --dataset and --sets, as for the run"
        )
    return published_sets(cell.dataset, regime=cell.regime, label=cell.label)


def _refusals(
    result: SetResult,
    config: ModelConfig,
    own: TaskSets | None,
    number: int | None,
    hardware: Hardware,
    notes: list[str],
) -> Iterator[str]:
    cell = result.cell
    task = make_task(_sets(cell, own), cell.setting, cell.pairs)
    here = make_cell(task, config)
    apart = {"source_hash"}
    found = list(
        differences(
            cell.model_dump(exclude=apart), here.model_dump(exclude=apart), where="cell", source="here"
        )
    )
    found += _means(result, splits=len(task.splits))
    if found:
        yield from found
        return
    if cell.source_hash != here.source_hash:
        notes.append("made by other code (source_hash); the rerun decides")
    count = SPLITS_OF_A_SUBMISSION if isinstance(config, Submission) else 1
    numbers = UNPREDICTABLE.sample(range(len(task.splits)), k=count) if number is None else [number]
    for each in numbers:
        yield from _run_again(result, task, config, each, hardware, notes)
    if isinstance(config, Submission):
        yield from run_shams(partial(_judge, task, config, hardware), notes)


def _means(result: SetResult, *, splits: int) -> Iterator[str]:
    """Every metric is the mean of what the splits have, which are as many as there are."""
    for name, metric in result.metrics.items():
        if len(metric.per_split) != splits:
            yield f"metrics.{name}: it is not of {splits} splits"
            continue
        own = [mean for mean in metric.per_split if mean is not None]
        if own and (metric.mean is None or abs(metric.mean - np.mean(own)) > ROUNDING):
            yield f"metrics.{name}: the mean is {metric.mean} in the file, and {np.mean(own)} of its splits"


def _run_again(
    result: SetResult, task: SetTask, config: ModelConfig, number: int, hardware: Hardware, notes: list[str]
) -> list[str]:
    """Run a split by itself, and if it differs, beside copies of itself, at its place in the original batch.

    Rounding depends on the size of a batch and the place in it, and training amplifies it.
    """
    if not 0 <= number < len(task.splits):
        raise UserError(f"there is no split {number}: choose from 0 to {len(task.splits) - 1}")
    refusals: list[str] = []
    for copies, place in ((1, 0), (len(task.splits), number)):
        words = f"split {number} " + ("by itself" if copies == 1 else f"beside {copies - 1} copies of itself")
        splits, cell = [task.splits[number]] * copies, result.cell
        again = fit_set_model(
            config, task.sets, splits, members=cell.members, seed=cell.seed, hardware=hardware
        )
        made = metrics_of(again.scores[[place]].numpy(), task.sets, splits[:1])
        refusals = list(_compared(result, made, number, words))
        if not refusals:
            said = result.metrics["spearman"].per_split[number] or 0.0
            gap = abs(said - (made["spearman"].mean or 0.0))
            notes.append(f"{words} run again: Spearman differs by {gap:.0e}")
            break
    return refusals


def _compared(result: SetResult, made: Mapping[str, Metric], number: int, words: str) -> Iterator[str]:
    for name, metric in made.items():
        if name not in result.metrics:
            yield f"metrics.{name}: it is missing"
            continue
        said, most = result.metrics[name].per_split[number], CLOSE if name == "spearman" else CLOSE_OF_CHOICES
        if said is None or metric.mean is None or abs(said - metric.mean) > most:
            yield f"metrics.{name}: {said} in the file, {metric.mean} run again ({words})"


def _judge(task: SetTask, config: ModelConfig, hardware: Hardware, rng: np.random.Generator) -> Sham:
    sham = sham_sets(task.sets, rng=rng)
    fitted = fit_set_model(config, sham, task.splits, hardware=hardware)
    return judge_sham_sets(fitted.scores.numpy(), task.splits, task.sets)
