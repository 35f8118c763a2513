"""Running a result's model on a sham matrix."""

import traceback
from collections.abc import Iterator

import numpy as np

from benchmark.isolation.worker import WorkerError
from benchmark.results.schema import last_line
from benchmark.running.cell import CellRun
from benchmark.verifying.sham import Sham, judge_sham, sham_table


def run_sham(ready: CellRun, notes: list[str]) -> Iterator[str]:
    """Run a cell on a sham of its matrix, with all of its splits, and judge the scores by the real one.

    A model that seems to know the real matrix is tried on a second sham, which decides.

    Args:
        ready: the cell.
        notes: a description of what was found is appended.

    Yields:
        One line if the model knows the real matrix, or does not run.
    """
    rng = np.random.default_rng()  # no seed: nobody can know the sham
    for _ in range(2):
        try:
            sham = _judge(ready, rng)
        except (Exception, SystemExit) as error:
            reason = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            yield f"sham: the model does not run on a matrix with dealt values: {last_line(reason)}"
            return
        found = f"{sham.correlation:.2f} of what is possible, p = {sham.p:.4f}"
        notes.append(f"sham: its scores follow real values that it was not shown by {found}")
        if not sham.is_alarm:
            return
    yield (
        "sham: on two matrices whose values were dealt anew among the sources, its scores still follow the "
        f"real ones ({found}): it holds them in its code, its weights or a file"
    )


def _judge(ready: CellRun, rng: np.random.Generator) -> Sham:
    table = ready.datamodule.table
    cell = CellRun(ready.cell, table=sham_table(table, rng=rng), effort=ready.effort, hardware=ready.hardware)
    scores, _ = cell.predict(cell.datamodule)
    return judge_sham(scores.mean(1), cell.datamodule.splits, table, rng=rng)
