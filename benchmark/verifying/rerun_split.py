"""A result's cell run again, and its scores compared with the stored ones."""

import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmark.results.files import table_path
from benchmark.results.schema import Result
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.trainer import Hardware
from benchmark.verifying.differing_fields import differences

TOLERANCE = 1e-4  # in standardised units
UNPREDICTABLE = random.SystemRandom()  # no seed: nobody can know which split will be run again


class Rerun(NamedTuple):
    """Some splits of a cell, run again.

    Attributes:
        words: which splits.
        result: of this run; its scores are not there if it failed.
        largest: largest difference to the stored value, by column of the scores.
        refusals: what differs by more than the tolerance, a line a column.
    """

    words: str
    result: Result
    largest: dict[str, float]
    refusals: list[str]


def run_again(
    result: Result, ready: CellRun, path: Path, *, split: int | None, notes: list[str]
) -> Iterator[str]:
    """Run one split again, and all of them if it differs or if its noise depends on the others.

    How float32 rounds depends on how many splits are trained at once. Few models make more of that than the
    tolerance, but some do: a rounding decides which state is kept, or training diverges from there.

    Args:
        result: as it is in the file.
        ready: its cell, with the model as it is here.
        path: the JSON file, whose scores lie beside it.
        split: number of the split; None for one at random.
        notes: what was done is added.

    Yields:
        What differs and what to do, a line each.
    """
    everything = result.data.split_numbers
    if "batch-dependent" in result.marks:
        again = _run(result, ready, path, everything)
    else:
        again = _run(result, ready, path, [UNPREDICTABLE.choice(everything) if split is None else split])
        if again.refusals and again.largest:
            notes.append(
                f"{again.words} alone differs by {max(again.largest.values()):.0e}: all are run again"
            )
            again = _run(result, ready, path, everything)
    yield from again.refusals
    if not again.largest:
        return
    differing = ", ".join(f"of a {column} {gap:.0e}" for column, gap in again.largest.items())
    notes.append(f"{again.words} run again: largest difference {differing}")
    ran = {"batched": again.result.model.batched, "marks": list(again.result.marks)}
    said = {"batched": result.model.batched, "marks": list(result.marks)}
    yield from differences(said, ran, where="model", source="run again")


def _run(result: Result, ready: CellRun, path: Path, numbers: Sequence[int]) -> Rerun:
    words = "all splits" if len(numbers) > 1 else f"split {numbers[0]}"
    effort = RunSettings(
        seed=result.run.seed, members=result.run.members, epochs=result.run.epochs, numbers=numbers
    )
    again = CellRun(ready.cell, table=ready.datamodule.table, effort=effort, hardware=Hardware())
    with tempfile.TemporaryDirectory() as folder:
        rerun = again.execute(Path(folder))
        if rerun.status != "ok":
            return Rerun(words, rerun, {}, [f"split {numbers[0]} does not run again: {rerun.reason}"])
        new = pd.read_parquet(table_path(again.cell.path(Path(folder)), "scores"))
    old = pd.read_parquet(table_path(path, "scores"))
    old = old[old["split"].isin(numbers)].reset_index(drop=True)
    largest, refusals = {}, []
    for column in ("score", "spread"):
        gap = (new[column] - old[column]).abs()
        worst = int(gap.argmax())
        largest[column] = float(gap[worst])
        if largest[column] > TOLERANCE:
            row = old.loc[worst]
            refusals.append(
                f"{column} of {row['source']} → {row['target']}, split {row['split']}: {row[column]:.6f} in "
                f"the scores, {new[column][worst]:.6f} run again ({words}; tolerance {TOLERANCE}): run the "
                "cell again with this version of the code"
            )
    return Rerun(words, rerun, largest, refusals)
