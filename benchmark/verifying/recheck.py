"""Results whose code has changed, confirmed by running a split of each again where they still hold."""

import random
import traceback
from dataclasses import replace
from pathlib import Path

from benchmark.results.schema import Result, last_line
from benchmark.results.stored_tables import read_scores
from benchmark.results.untrusted import RefusedFileError
from benchmark.running.cell import CellRun
from benchmark.verifying.cell_again import prepare_again
from benchmark.verifying.marking import confirm, stored_digest
from benchmark.verifying.rerun_split import rerun
from benchmark.verifying.stale import CODE_HAS_CHANGED, Standing, standing_of


def recheck(path: Path) -> Standing:
    """Judge a result of a shipped model, and take it over if other code, and nothing else, made it.

    A result is taken over if a split, run again with the result's own effort as ``verify`` does, gives
    the stored scores. It then says so: see :class:`benchmark.results.schema.Confirmation`. Which split that
    is, follows from the cell and the code.

    Args:
        path: a result file.

    Returns:
        Whether it is up to date now; if not, what came out differently is among the reasons.

    Raises:
        StorageError: if the file cannot be written; it is unchanged then.
    """
    standing = standing_of(path, models={})
    if standing.result is None or list(standing.reasons) != [CODE_HAS_CHANGED]:
        return standing
    result, ready = standing.result, prepare_again(standing.result, models={}, same_splits=True)
    problem, splits, largest = _what_differs_unrun(result, ready, path), [], 0.0
    if not problem and result.status == "ok":
        splits = [random.Random(ready.fingerprint).choice(ready.data.split_numbers)]
        try:
            again = rerun(result, ready, path, splits[0])
        except (Exception, SystemExit):
            problem = f"split {splits[0]} does not run again: {last_line(traceback.format_exc())}"
        else:
            problem = next(iter(again.refusals), "")
            largest = max(again.largest.values())
    if problem:
        return replace(standing, reasons=[CODE_HAS_CHANGED, problem])
    confirm(result, ready, path, splits=splits, largest=largest)
    return Standing(path=path, result=result, confirmed=True)


def _what_differs_unrun(result: Result, ready: CellRun, path: Path) -> str:
    """What speaks against a result before anything is run; "" if nothing does."""
    if "batch-dependent" in result.marks:
        return "its splits depend on each other (batch-dependent), so that none can be run again alone"
    if result.digest != stored_digest(result, path):
        return "something in this file or its scores was changed after they were written"
    if ready.description.error:
        return last_line(ready.description.error)
    if result.status == "unsupported":
        same = result.error == ready.description.unsupported
        return "" if same else "the model no longer refuses the data, or in other words"
    try:
        read_scores(path, max_rows=sum(int(split.query.sum()) for split in ready.datamodule.splits))
    except RefusedFileError as error:
        return error.reason
    return ""
