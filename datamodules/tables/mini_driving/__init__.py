"""mini-driving: small driving tasks on simulated traffic, every transfer measured by this project."""

import numpy as np

from datamodules.affinity_table import Label
from datamodules.tables.repeated_seeds import RepeatedSeeds

_SEEDS = ("seed-0", "seed-1", "seed-2")

MINI_DRIVING = RepeatedSeeds(
    name="mini-driving",
    field="driving",
    regimes=("all-seeds", *_SEEDS),
    labels={
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of scenes won over training from scratch"),
    },
    pseudo_sources=("self", "random", "pixels"),
    retests=_SEEDS,
    contains={"all-seeds": _SEEDS},
)
