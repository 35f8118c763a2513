"""What can be said of an affinity matrix in a few numbers, to hold synthetic ones against real ones."""

import numpy as np

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from lit_models.prior.scaling import TINY


def summary_statistics(value: FloatMatrix, eligible: BoolMatrix) -> dict[str, float]:
    """Summarise a matrix by the z-scores of its columns.

    Args:
        value: [N, N] float64, source × target; read only where eligible.
        eligible: [N, N] bool.

    Returns:
        By name: ``source effect``, the share of variance that source means explain; ``symmetry``, the
        correlation of both directions, NaN for bipartite tables; ``first factor`` and ``first three
        factors``, shares of the squared singular values after source means are taken out; ``ties``, the
        share of entries that equal another of their column; ``skewness`` and ``excess kurtosis`` within
        columns.

    Raises:
        ValueError: if nothing is eligible.
    """
    if not eligible.any():
        raise ValueError("no entry is eligible")
    count = np.maximum(eligible.sum(0), 1)
    mean = np.where(eligible, value, 0.0).sum(0) / count
    centred = np.where(eligible, value - mean, 0.0)
    deviation = np.sqrt(np.square(centred).sum(0) / count)
    scores = np.where(
        eligible & (deviation > TINY * np.abs(mean)), centred / np.maximum(deviation, 1e-300), 0.0
    )
    total = np.square(scores).sum()
    in_row = np.maximum(eligible.sum(1), 1)
    source = scores.sum(1) / in_row
    both = eligible & eligible.T
    spectrum = np.square(np.linalg.svd(np.where(eligible, scores - source[:, None], 0.0), compute_uv=False))
    equal = (value[:, None, :] == value[None, :, :]) & eligible[:, None, :] & eligible[None, :, :]
    inside = scores[eligible]
    return {
        "source effect": float((np.square(source) * in_row).sum() / max(total, TINY)),
        "symmetry": float(np.corrcoef(scores[both], scores.T[both])[0, 1]) if both.any() else float("nan"),
        "first factor": float(spectrum[0] / spectrum.sum()),
        "first three factors": float(spectrum[:3].sum() / spectrum.sum()),
        "ties": float(((equal.sum(1) > 1) & eligible).sum() / eligible.sum()),
        "skewness": float((inside**3).mean()),
        "excess kurtosis": float((inside**4).mean() - 3.0),
    }
