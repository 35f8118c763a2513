"""A process of the test that two processes train a sparse form as one does.

    torchrun --standalone --nproc-per-node 2 tests/benchmark/running/sparse_equality.py FILE 2 MODEL ...

The number is that of processes. Rank zero writes FILE, a NumPy archive: by model, the scores of all cells.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmark.running.distributed import is_rank_zero, leave
from benchmark.running.fit_sparse import fit_sparse, sparse_data_for
from benchmark.running.trainer import Hardware, use_threads_for
from datamodules.sparse.gravity_hub import draw_gravity_hub
from datamodules.sparse.splits import hide_cells
from lit_models.registry import load_model

EPOCHS = 4


def measure(names: list[str], *, processes: int) -> dict[str, npt.NDArray[np.float32]]:
    """Train on a small hub and score its cells; the same on every rank."""
    warnings.filterwarnings("ignore")
    use_threads_for(12)
    table = draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3).table
    split = hide_cells(table)
    scores = {}
    for name in names:
        config = load_model(name)
        data = sparse_data_for(config, table, split)
        fitted = fit_sparse(config, data, seed=0, epochs=EPOCHS, hardware=Hardware(devices=processes))
        scores[name] = fitted.scores(table.source, table.target)
    return scores


if __name__ == "__main__":
    target, processes, *models = sys.argv[1:]
    measured = measure(models, processes=int(processes))
    if is_rank_zero():
        np.savez(Path(target), **measured)  # type: ignore[arg-type]  # names of arrays
    leave()
