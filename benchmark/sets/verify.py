"""Verifying results of the sets track: the cell is prepared again, and a split of it run again."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmark.results.files import MAX_BYTES
from benchmark.results.untrusted import RefusedFileError, read_regular
from benchmark.sets.fit_set_model import fit_set_model
from benchmark.sets.result import SetResult, read_result
from benchmark.sets.run_cell import make_cell, make_task, metrics_of
from benchmark.verifying.differing_fields import differences
from benchmark.verifying.verify import Verdict
from datamodules.errors import UserError
from datamodules.sets.published_sets import published_sets
from lit_models.loading.config import ModelConfig
from lit_models.sets.registry import load_set_model

# A network that is trained alone rounds differently than beside other splits; a target whose first two sets
# nearly tie may then choose the other one, which regret and gain show more than the order does.
CLOSE, CLOSE_OF_CHOICES = 0.02, 0.1


def is_set_result(path: Path) -> bool:
    """Whether a file looks like a result of the sets track."""
    try:
        content = json.loads(read_regular(path, max_bytes=MAX_BYTES))
    except (RefusedFileError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "cell" in content and "choices" in content


def verify_set_result(path: Path, *, models: Mapping[str, ModelConfig], split: int | None = None) -> Verdict:
    """Compare a result with the data, splits and model that are here, and run a split of it again.

    Set models run in this process: pass only models that you trust.

    Args:
        path: a result file.
        models: models of one's own, by name.
        split: number of the split to run again; drawn at random if omitted.

    Returns:
        Why it is refused, and notes.
    """
    notes: list[str] = []
    try:
        result = read_result(path)
        refusals = list(_refusals(result, models, split, notes))
    except UserError as error:
        return Verdict([str(error)], notes, ran_isolated=False)
    return Verdict(refusals, notes, ran_isolated=False)


def _refusals(
    result: SetResult, models: Mapping[str, ModelConfig], number: int | None, notes: list[str]
) -> Iterator[str]:
    cell = result.cell
    task = make_task(
        published_sets(cell.dataset, regime=cell.regime, label=cell.label), cell.setting, cell.pairs
    )
    config = models.get(cell.model.name) or load_set_model(cell.model.name)
    here = make_cell(task, config)
    apart = {"source_hash"}
    found = list(
        differences(
            cell.model_dump(exclude=apart), here.model_dump(exclude=apart), where="cell", source="here"
        )
    )
    if found:
        yield from found
        return
    if cell.source_hash != here.source_hash:
        notes.append("made by other code (source_hash); the rerun decides")
    chosen = int(np.random.default_rng().integers(len(task.splits))) if number is None else number
    if not 0 <= chosen < len(task.splits):
        raise UserError(f"there is no split {chosen}: choose from 0 to {len(task.splits) - 1}")
    again = fit_set_model(config, task.sets, [task.splits[chosen]], members=cell.members, seed=cell.seed)
    for name, metric in metrics_of(again.scores, task.sets, [task.splits[chosen]]).items():
        if name not in result.metrics or len(result.metrics[name].per_split) != len(task.splits):
            yield f"metrics.{name}: it is missing, or not of {len(task.splits)} splits"
            continue
        said, made = result.metrics[name].per_split[chosen], metric.mean
        most = CLOSE if name == "spearman" else CLOSE_OF_CHOICES
        if said is None or made is None or abs(said - made) > most:
            yield f"metrics.{name}: split {chosen} has {said} in the file, and {made} when it is run again"
