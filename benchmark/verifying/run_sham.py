"""Running what a result is of on shams of its data."""

import traceback
from collections.abc import Callable, Iterator

import numpy as np

from benchmark.isolation.worker import WorkerError
from benchmark.results.schema import last_line
from benchmark.running.cell import CellRun
from benchmark.verifying.sham import Sham, judge_sham, sham_table


def run_shams(judge: Callable[[np.random.Generator], Sham], notes: list[str]) -> Iterator[str]:
    """Run a submission on a sham of its data, and judge its answers by the real data.

    One that seems to know the real data is tried on a second sham, which decides.

    Args:
        judge: makes a sham, runs the submission on it, and judges what it answers.
        notes: a description of what was found is appended.

    Yields:
        One line if the submission knows the real data, or does not run.
    """
    rng = np.random.default_rng()  # no seed: nobody can know the sham
    for _ in range(2):
        try:
            sham = judge(rng)
        except (Exception, SystemExit) as error:
            reason = str(error) if isinstance(error, WorkerError) else traceback.format_exc()
            yield f"sham: it does not run on data with dealt values: {last_line(reason)}"
            return
        found = f"{sham.correlation:.2f} of what is possible, p = {sham.p:.4f}"
        notes.append(f"sham: its answers follow real values that it was not shown by {found}")
        if not sham.is_alarm:
            return
    yield (
        "sham: on two matrices whose values were dealt anew, its answers still follow the real ones "
        f"({found}): it holds them in its code, its weights or a file"
    )


def judge_cell(ready: CellRun, rng: np.random.Generator) -> Sham:
    """Run a cell on a sham of its matrix, with all of its splits, and judge the scores by the real one.

    Args:
        ready: the cell.
        rng: random generator, which the model must not know.
    """
    table = ready.datamodule.table
    cell = CellRun(ready.cell, table=sham_table(table, rng=rng), effort=ready.effort, hardware=ready.hardware)
    scores, _ = cell.predict(cell.datamodule)
    return judge_sham(scores.mean(1), cell.datamodule.splits, table, rng=rng)
