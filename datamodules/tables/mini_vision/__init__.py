"""mini-vision: small vision tasks on a dozen photographs, every transfer measured by this project."""

import numpy as np

from datamodules.affinity_table import Label
from datamodules.tables.repeated_seeds import RepeatedSeeds

_SEEDS = ("seed-0", "seed-1", "seed-2")

MINI_VISION = RepeatedSeeds(
    name="mini-vision",
    field="vision",
    regimes=("all-seeds", *_SEEDS),
    labels={
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of patches won over training from scratch"),
    },
    pseudo_sources=("self", "random", "pixels"),
    retests=_SEEDS,
    contains={"all-seeds": _SEEDS},
)
