"""The training curve on a model's card."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmark.results.files import table_path

POINTS = 24


def training_curve(path: Path) -> list[tuple[int, float, float]]:
    """Read and subsample a training curve.

    Args:
        path: the result's JSON file; the curve is stored beside it.

    Returns:
        At most :data:`POINTS` tuples (step, training loss, validation loss), losses averaged over the splits
        still training at that step; empty for a model without trainable parameters.
    """
    curve_path = table_path(path, "curves")
    if not curve_path.is_file():
        return []
    table = pq.read_table(curve_path, columns=["epoch", "train_loss", "validation_loss"], use_threads=False)
    epoch, *losses = (table[name].to_numpy() for name in table.column_names)
    if not len(epoch):
        return []
    epochs, position = np.unique(epoch, return_inverse=True)
    count = np.bincount(position)
    train, validation = (np.bincount(position, weights=loss) / count for loss in losses)
    kept = np.unique(np.linspace(0, len(epochs) - 1, POINTS).round().astype(int))
    return [(int(epochs[each]), _short(train[each]), _short(validation[each])) for each in kept]


def _short(loss: float) -> float:
    return round(float(loss), 3) if np.isfinite(loss) else 0.0
