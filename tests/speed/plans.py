"""What a plan costs: CPU time and peak memory of `affinity-bench plan`, for each goal.

    .venv/bin/python tests/speed/plans.py

A matrix of low rank with noise, a tenth of it measured: 25 tasks, then 1,000 sources × 50 targets. Each plan
of 40 runs is made by the command, on one thread and in a process of its own, so imports count. The last
column is the ratio to `--strategy random` on the same matrix, which picks without looking.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

RUNS, MEASURED = 40, 0.1
SHAPES = {"25 tasks": (25, None), "1,000 × 50": (1000, 50)}
PLANS = {
    "random order": ["--strategy", "random"],
    **{goal: ["--goal", goal] for goal in ("best-source", "heat-map", "shared-sources")},
}


class Cost(NamedTuple):
    """Of one plan."""

    cpu_seconds: float
    peak_bytes: int


def matrix(sources: int, targets: int | None) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [f"source {number}" for number in range(sources)]
    columns = rows if targets is None else [f"target {number}" for number in range(targets)]
    shape = (len(rows), len(columns))
    value = rng.normal(size=(len(rows), 3)) @ rng.normal(size=(3, len(columns))) + rng.normal(size=shape)
    hidden = rng.uniform(size=shape) > MEASURED
    hidden[0] = False  # a first row without values would be a second header
    if targets is None:
        np.fill_diagonal(hidden, val=True)
    return pd.DataFrame(np.where(hidden, np.nan, value), index=rows, columns=columns)


def cost(file: Path, words: list[str]) -> Cost:
    """Run the command in a child of a child, so that its memory alone is counted."""
    command = [
        str(Path(sys.executable).with_name("affinity-bench")),
        "plan",
        str(file),
        "--budget",
        str(RUNS),
    ]
    command += [*words, "--out", str(file.with_name("plan.csv"))]
    file.with_name("plan.csv").unlink(missing_ok=True)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        seconds, kibibytes = answer.read().split()
    os.waitpid(child, 0)
    return Cost(float(seconds), int(kibibytes) * 1024)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    print("| matrix | plan | CPU seconds | peak memory | ratio to random order |")
    print("| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, (sources, targets) in SHAPES.items():
            file = Path(folder) / "matrix.csv"
            matrix(sources, targets).to_csv(file)
            costs = {plan: cost(file, words) for plan, words in PLANS.items()}
            least = costs["random order"].cpu_seconds
            for plan, (seconds, peak) in costs.items():
                words = [name, plan, f"{seconds:.1f}", f"{peak / 2**30:.1f} GiB", f"{seconds / least:.1f}"]
                print(f"| {' | '.join(words)} |", flush=True)


if __name__ == "__main__":
    main()
