"""Verification of a result file: everything that can be recomputed is recomputed and compared."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmark.isolation.submission import Submission
from benchmark.results.effort import other_effort
from benchmark.results.files import table_path
from benchmark.results.schema import Result, fingerprint, last_line, summarise
from benchmark.results.score_tables import score_table
from benchmark.results.stored_tables import read_scores
from benchmark.results.untrusted import RefusedFileError
from benchmark.running.cell import CellRun, library_versions
from benchmark.scoring.protocol_scores import score_splits
from benchmark.verifying.cell_again import RefusalError, prepare_again, read_again
from benchmark.verifying.differing_fields import differences
from benchmark.verifying.marking import stored_digest
from benchmark.verifying.rerun_split import run_again
from benchmark.verifying.run_sham import judge_cell, run_shams
from datamodules.registry import Source
from lit_models.loading.config import ModelConfig

KEYS = ["split", "source", "target"]


class Verdict(NamedTuple):
    """The outcome of verifying one file.

    Attributes:
        refusals: one line per error, with what to do; empty if the file is valid.
        notes: what was done, and differences that are not errors.
        ran_isolated: whether the model ran in workers and on a sham.
    """

    refusals: list[str]
    notes: list[str]
    ran_isolated: bool = False


def verify_result(
    path: Path,
    *,
    models: Mapping[str, ModelConfig],
    own: Source | None = None,
    split: int | None = None,
    isolate: bool = False,
    limit_seconds: float = 3600.0,
) -> Verdict:
    """Verify one result file and the scores beside it, rerun a split of its cell, and run a sham.

    Code that only the file names is never run: its model is a shipped one, or one of ``models``. Shipped
    models run in this process and without a sham.

    Args:
        path: the JSON file.
        models: submissions, by name.
        own: a matrix of the user's own, beside the published ones.
        split: number of the split to rerun; None for random ones.
        isolate: treat shipped models as submissions, such as one that a pull request adds.
        limit_seconds: time limit of each run of a submission.

    Returns:
        The verdict.
    """
    notes: list[str] = []
    try:
        result = read_again(path)
        ready = prepare_again(result, models=models, own=own, isolate=isolate, limit_seconds=limit_seconds)
        refusals = [*_contents(result, ready, notes)]
        if result.status == "ok":
            refusals += _scores(result, ready, path)
            if not refusals:
                refusals += run_again(result, ready, path, split=split, notes=notes)
            if not refusals and isinstance(ready.cell.model, Submission):
                refusals += run_shams(partial(judge_cell, ready), notes)
        # Recomputed values were compared above; this detects changes that are too small to affect them.
        if not refusals and result.digest != stored_digest(result, path):
            refusals.append(
                "digest: something in this file or its scores was changed after they were written, by too "
                "little to change a metric: restore them, or run the cell again"
            )
    except (RefusalError, RefusedFileError) as refusal:
        return Verdict([str(refusal)], notes)
    return Verdict(refusals, notes, result.status == "ok" and isinstance(ready.cell.model, Submission))


def _contents(result: Result, ready: CellRun, notes: list[str]) -> Iterator[str]:
    """Compare the file's data, model and run with this repository's."""
    missing = len(ready.data.split_numbers) - len(result.data.split_numbers)
    if missing > 0:
        yield (
            f"data.split_numbers: {missing} of {len(ready.data.split_numbers)} splits are missing: run the "
            "cell again without --splits"
        )
        return
    if ready.description.error:
        yield f"model: it cannot be built here: {last_line(ready.description.error)}"
        return
    here = "here"
    yield from differences(result.data.model_dump(), ready.data.model_dump(), where="data", source=here)
    ran = {"batched", "source_hash"}  # compared with the rerun, and only noted, respectively
    yield from differences(
        result.model.model_dump(exclude=ran), ready.model.model_dump(exclude=ran), where="model", source=here
    )
    yield from differences(result.run.model_dump(), ready.run.model_dump(), where="run", source=here)
    effort = other_effort(result)
    if effort:
        notes.append(f"not the effort of a board: {', '.join(effort)}")
    yield from differences(result.error, ready.description.unsupported, where="error", source=here)
    as_built = result.model.model_copy(update={"batched": None})
    made_of = fingerprint(
        result.place, result.data, as_built, result.run, protocol_version=result.protocol_version
    )
    if made_of != result.fingerprint:
        yield (
            f"fingerprint: {result.fingerprint[:12]}… in the file, {made_of[:12]}… of its place, data, model "
            "and run: one of them was changed; run the cell again"
        )
    if result.status == "unsupported":
        yield from differences(result.metrics, {}, where="metrics", source="of an unsupported cell")
    if result.model.source_hash != ready.model.source_hash:
        notes.append("made by other code (source_hash); the rerun decides")
    here_too = library_versions()
    changed = [name for name, version in result.versions.items() if here_too.get(name) != version]
    if changed:
        notes.append(f"made with other versions of {', '.join(changed)}")


def _scores(result: Result, ready: CellRun, path: Path) -> Iterator[str]:
    """Check the stored scores, and recompute every metric from them."""
    file = table_path(path, "scores")
    data = ready.datamodule
    blank = np.zeros((len(data.splits), 1, *data.table.value[data.area].shape))
    expected = score_table(blank, data)
    try:
        stored = read_scores(path, max_rows=len(expected)).astype(expected[KEYS].dtypes.to_dict())
    except RefusedFileError as error:
        raise RefusalError(f"{error}: submit the scores of the run beside the JSON file") from error
    if list(stored.columns) != list(expected.columns) or not stored[KEYS].equals(expected[KEYS]):
        raise RefusalError(
            f"{file.name}: its rows are not the {len(expected)} queries of the protocol's splits, in their "
            f"order, with the columns {', '.join(expected.columns)}: run the cell again"
        )
    numbers = stored[["score", "spread"]].to_numpy(np.float64)
    if not np.isfinite(numbers).all() or (numbers[:, 1] < 0).any():
        row = int(np.argmin(np.isfinite(numbers).all(1) & (numbers[:, 1] >= 0)))
        raise RefusalError(f"{file.name}: row {row}: a score must be finite, and a spread not negative")
    metrics = {
        name: summarise(measured, task_names=data.table.task_names).model_dump()
        for name, measured in score_splits(_matrices(stored, ready), data).items()
    }
    said = {name: metric.model_dump() for name, metric in result.metrics.items()}
    yield from differences(said, metrics, where="metrics", source="from its scores")


def _matrices(stored: pd.DataFrame, ready: CellRun) -> Any:
    """Stored scores as [S, N, N] float64 in the table's order."""
    splits = ready.datamodule.splits
    matrices = np.zeros((len(splits), *ready.datamodule.table.value.shape))
    query = np.stack([split.query for split in splits])
    matrices[query] = stored["score"].to_numpy()  # in the order of score_table: splits, rows, columns
    return matrices
