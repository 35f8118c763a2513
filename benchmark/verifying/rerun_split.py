"""Rerunning splits of a result's cell, and comparing the scores with the stored ones."""

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
    """A rerun of some splits of a cell.

    Attributes:
        words: description of the splits.
        result: result of the rerun.
        largest: largest difference from the stored values, by column of the scores; empty if the run failed.
        refusals: differences above the tolerance, one line per column.
    """

    words: str
    result: Result
    largest: dict[str, float]
    refusals: list[str]


def run_again(
    result: Result, ready: CellRun, path: Path, *, split: int | None, notes: list[str]
) -> Iterator[str]:
    """Rerun one split, and all splits if it differs or if its noise depends on the others.

    Rounding in float32 depends on how many splits are trained at once. Some models amplify it beyond the
    tolerance: rounding may decide which state is kept, or training may diverge.

    Args:
        result: the result in the file.
        ready: its cell, with this repository's model.
        path: the JSON file, with the scores stored beside it.
        split: number of the split; None for a random one.
        notes: descriptions of what was done are appended.

    Yields:
        One line per difference, with what to do.
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
