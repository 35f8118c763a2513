"""What does the offline mirror on Weights & Biases cost a cell, and the suite?

    .venv/bin/python tests/speed/mirror.py taskonomy

Runs the default suite of a dataset, one cell after the other, and after each cell the mirror of it, timed
apart; the first mirrored cell also pays for the import of the client and the start of its service.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from rich.console import Console

from benchmark.results.files import table_path
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from benchmark.tracking.wandb_mirror import Mirror
from datamodules.registry import find_source


def main(dataset: str) -> None:
    os.environ["WANDB_MODE"] = "offline"
    source = find_source(dataset)
    of_cells, of_mirror = [], []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        mirror = Mirror(out=out, console=Console())
        for cell in cells_of(source, load_suite("default")):
            started = time.perf_counter()
            table = source.read(regime=cell.place.regime, label=cell.place.label)
            result = CellRun(cell, table=table, effort=RunSettings(), hardware=Hardware()).execute(out)
            of_cells.append(time.perf_counter() - started)
            path = table_path(cell.path(out), "curves")
            curves = pd.read_parquet(path) if path.exists() else None
            started = time.perf_counter()
            mirror.keep(result, curves)
            of_mirror.append(time.perf_counter() - started)
            print(f"{cell.model.name}: {of_cells[-1]:.2f} s, mirror {of_mirror[-1]:.3f} s", flush=True)
        runs = len(list((out / "wandb").iterdir()))
    share = sum(of_mirror) / (sum(of_cells) + sum(of_mirror))
    print(
        f"{runs} runs of {len(of_cells)} cells of {dataset}: "
        f"mirror {statistics.median(of_mirror):.3f} s a cell (median; mean {statistics.mean(of_mirror):.3f}, "
        f"first {of_mirror[0]:.2f}, most after it {max(of_mirror[1:]):.3f}), "
        f"{share:.1%} of the suite's time"
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "taskonomy")
