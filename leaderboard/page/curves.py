"""The training curve on a model's card."""

from pathlib import Path

import numpy as np

from benchmark.results.stored_tables import read_curves

POINTS = 24


def training_curve(path: Path) -> list[tuple[int, float, float]]:
    """Read and subsample a training curve.

    Args:
        path: the result's JSON file; the curve is stored beside it.

    Returns:
        At most :data:`POINTS` tuples (step, training loss, validation loss), losses averaged over the splits
        still training at that step; empty for a model without trainable parameters.

    Raises:
        RefusedFileError: if the file beside it is no table of curves.
    """
    table = read_curves(path)
    if table is None:
        return []
    epoch, *losses = (table[name].to_numpy() for name in ("epoch", "train_loss", "validation_loss"))
    epochs, position = np.unique(epoch, return_inverse=True)
    count = np.bincount(position)
    train, validation = (np.bincount(position, weights=loss) / count for loss in losses)
    kept = np.unique(np.linspace(0, len(epochs) - 1, POINTS).round().astype(int))
    return [(int(epochs[each]), _short(train[each]), _short(validation[each])) for each in kept]


def _short(loss: float) -> float:
    return round(float(loss), 3) if np.isfinite(loss) else 0.0
