"""What ``recover --model auto`` chooses on each dataset from a third measured, and what that gains.

Prints the table of docs/recover.md, a row per dataset as soon as it is done:

    python tests/speed/what_auto_chooses.py [DATASET ...]

A third of the transfers is measured at random; the others are the truth. The short list is that of `auto`
without `atlas`, which is trained and takes most of the time.
"""

import sys
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import torch

from benchmark.metrics.correlation import per_target_spearman
from datamodules.matrix_types import FloatMatrix
from datamodules.registry import DATASETS, find_source
from recovery.candidates import SOURCE_MEAN, best, try_models
from recovery.measurements import Measurements
from recovery.shortlist import shortlist

SHARE = 1 / 3
LARGE_TASKS = 60  # above, one draw only
DRAWS = 3
HEADINGS = "| dataset | chosen | Spearman expected | Spearman found | of the source mean | gain |"


def row_of(dataset: str) -> str:
    """A dataset's row of the table, over its draws."""
    table = find_source(dataset).read()
    draws = DRAWS if len(table.task_names) <= LARGE_TASKS else 1
    chosen: Counter[str] = Counter()
    scores = []
    for seed in range(draws):
        measured = table.eligible & (np.random.default_rng([seed, 3]).random(table.eligible.shape) < SHARE)
        shown = replace(table, value=np.where(measured, table.value, np.nan), replicates=None)
        matrix = Measurements.of(shown)
        names = [name for name in shortlist(shown) if not name.startswith("atlas")]
        tried = {each.expected.model: each for each in try_models(names, shown, matrix.fitted, seed=seed)}
        picked = best(list(tried.values()))
        chosen[picked.expected.model] += 1
        scores.append(
            [
                picked.expected.spearman or np.nan,
                *(
                    _spearman(each.cv.mean, table.value, matrix.unmeasured)
                    for each in (picked, tried[SOURCE_MEAN])
                ),
            ]
        )
    expected, found, mean = np.mean(scores, axis=0)
    words = ", ".join(
        f"`{name}`" + (f" ×{times}" if draws > 1 else "") for name, times in chosen.most_common()
    )
    return f"| {dataset} | {words} | {expected:.2f} | {found:.2f} | {mean:.2f} | {found - mean:+.2f} |"


def _spearman(predicted: FloatMatrix, truth: FloatMatrix, hidden: FloatMatrix) -> float:
    scores, value, mask = (
        torch.from_numpy(each) for each in (predicted, np.where(hidden, truth, 0.0), hidden.astype(bool))
    )
    return float(per_target_spearman(scores, value, mask).nanmean())


def main(datasets: list[str]) -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print(HEADINGS, "| --- | --- | ---: | ---: | ---: | ---: |", sep="\n", flush=True)
    for dataset in datasets or DATASETS:
        print(row_of(dataset), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
