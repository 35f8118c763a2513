"""Rerunning a split of a result's cell alone, and comparing the scores with the stored ones."""

import random
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import WorkerError
from benchmark.results.schema import Result, last_line
from benchmark.results.score_tables import score_table
from benchmark.results.stored_tables import read_scores
from benchmark.running.cell import CellRun
from benchmark.verifying.differing_fields import differences

TOLERANCE = 1e-4  # in standardised units
UNPREDICTABLE = random.SystemRandom()  # no seed: nobody can know which split will be run again
# A submission could pool the splits of some batches only.
SPLITS_OF_A_SUBMISSION = 2


class Rerun(NamedTuple):
    """A rerun of one split beside copies of itself.

    Attributes:
        words: description of the run.
        largest: largest difference from the stored values, by column of the scores.
        refusals: one line per difference, with what to do.
    """

    words: str
    largest: dict[str, float]
    refusals: list[str]


def run_again(
    result: Result, ready: CellRun, path: Path, *, split: int | None, notes: list[str]
) -> Iterator[str]:
    """Rerun a split, or several of a submission, as :func:`rerun` does.

    Args:
        result: the result in the file.
        ready: its cell, with this repository's model.
        path: the JSON file, with the scores stored beside it.
        split: number of the split; None for a random one, or several of a submission.
        notes: descriptions of what was done are appended.

    Yields:
        One line per difference, with what to do.
    """
    if "batch-dependent" in result.marks:
        yield (
            "marks: batch-dependent: the scores of a split depend on the others, so that none can be judged "
            "alone: draw noise from lit_models.noise with graph.key, and run the cell again"
        )
        return
    numbers = result.data.split_numbers
    count = SPLITS_OF_A_SUBMISSION if isinstance(ready.cell.model, Submission) else 1
    for number in UNPREDICTABLE.sample(numbers, k=min(count, len(numbers))) if split is None else [split]:
        try:
            again = rerun(result, ready, path, number)
        except (Exception, SystemExit) as error:
            reason = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            yield f"split {number} does not run again: {last_line(reason)}"
            return
        yield from again.refusals
        differing = ", ".join(f"of a {column} {gap:.0e}" for column, gap in again.largest.items())
        notes.append(f"{again.words} run again: largest difference {differing}")


def rerun(result: Result, ready: CellRun, path: Path, number: int) -> Rerun:
    """Rerun a split without any other: by itself, and if it differs, beside copies of itself.

    What one split hides, another one shows, so that a split is never judged in a run with others. Rounding
    in float32 depends on the batch size and the place in the batch, and some models amplify it beyond the
    tolerance; a batch of copies is as large as that of the original run and has nothing to pool, and the copy
    at the place that the split had there is compared. Copies may differ from one another by their rounding.

    Args:
        result: the result in the file.
        ready: its cell.
        path: the JSON file, with the scores stored beside it.
        number: number of the split.

    Returns:
        The rerun that decides.
    """
    again = _run(result, ready, path, number, copies=1)
    if again.refusals:
        again = _run(result, ready, path, number, copies=len(result.data.split_numbers))
    return again


def _run(result: Result, ready: CellRun, path: Path, number: int, *, copies: int) -> Rerun:
    position = ready.data.split_numbers.index(number)
    scores, fits = ready.predict(ready.datamodule.part([position] * copies))
    place = position if copies > 1 else 0
    new = score_table(scores[place : place + 1], ready.datamodule.part([position]))
    old = read_scores(path)
    old = old[old["split"] == number].reset_index(drop=True)
    words = f"split {number} " + ("by itself" if copies == 1 else f"beside {copies - 1} copies of itself")
    largest, refusals = {}, []
    for column in ("score", "spread"):
        gap = (new[column] - old[column]).abs()
        worst = int(gap.argmax())
        largest[column] = float(gap[worst])
        if largest[column] > TOLERANCE:
            row = old.loc[worst]
            refusals.append(
                f"{column} of {row['source']} → {row['target']}, split {number}: {row[column]:.6f} in "
                f"the scores, {new[column][worst]:.6f} run again ({words}; tolerance {TOLERANCE}): run the "
                "cell again with this version of the code"
            )
    said = {"batched": result.model.batched, "batch-dependent": False}
    ran = {
        "batched": fits[0].is_batched,
        "batch-dependent": any(fit.is_batch_dependent for fit in fits),
    }
    refusals += differences(said, ran, where="model", source="run again")
    return Rerun(words, largest, refusals)
