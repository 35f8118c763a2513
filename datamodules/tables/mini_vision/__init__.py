"""mini-vision: small vision tasks on a dozen photographs, every transfer measured by this project."""

import numpy as np

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

_SEEDS = ("seed-0", "seed-1", "seed-2")

MINI_VISION = Dataset(
    name="mini-vision",
    regimes=("all-seeds", *_SEEDS),  # the first is one tournament over all repetitions of the others
    labels={
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of patches won over training from scratch"),
    },
    pseudo_sources=("self", "random", "pixels"),
    retests=_SEEDS,
)
