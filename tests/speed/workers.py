"""How much sooner are two workers done than one?

    .venv/bin/python tests/speed/workers.py
    .venv/bin/python tests/speed/workers.py --splits 3 --members 2 --model gae-profile,source-target-dir

Runs Taskonomy's default suite, or the share of it that the options leave, with ``--workers 1`` and with
``--workers 2`` in turn, and prints the ratio of wall times, imports and all. The results of both must agree
to the last digit. Both cores have to be idle otherwise. Words that this script does not know are options of
``affinity-bench run``.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AFFINITY_BENCH = Path(sys.executable).with_name("affinity-bench")
ENOUGH = 0.6


def run(workers: int, *, out: Path, options: Sequence[str]) -> float:
    """Wall time of a run in seconds."""
    command = [AFFINITY_BENCH, "run", "--dataset", "taskonomy", "--workers", str(workers), "--out", out]
    started = time.perf_counter()
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def results(out: Path) -> dict[str, dict[str, Any]]:
    """What each result file says, but for its timing."""
    contents = {str(path.relative_to(out)): json.loads(path.read_text()) for path in out.rglob("*.json")}
    for content in contents.values():
        del content["timing"]
    return contents


def main() -> None:
    """Measure in turn and print ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="how often to measure")
    parser.add_argument("--more", type=int, default=2, help="workers to compare with one")
    arguments, options = parser.parse_known_args()
    ratios = []
    for turn in range(1, arguments.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            outs = {count: Path(folder, str(count)) for count in (1, arguments.more)}
            one, more = (run(count, out=out, options=options) for count, out in outs.items())
            first, second = (results(out) for out in outs.values())
            if not first or first != second:
                raise SystemExit("the results differ, or there are none")
            ratios.append(more / one)
        print(
            f"round {turn}: {len(first)} cells, 1 worker {one:.1f} s, {arguments.more} workers {more:.1f} s, "
            f"ratio {ratios[-1]:.2f}; load of the machine {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    ratio = statistics.median(ratios)
    print(f"ratio of wall times: {ratio:.2f} ({'as' if ratio <= ENOUGH else 'not as'} aimed at: {ENOUGH})")


if __name__ == "__main__":
    main()
