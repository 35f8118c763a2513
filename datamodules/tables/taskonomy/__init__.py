"""Taskonomy: 25 vision tasks, every transfer measured (Zamir et al., CVPR 2018)."""

import numpy as np

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

_REGIMES = ("16k", "1k", "test-subset")  # training images per transfer; fewer test images

TASKONOMY = Dataset(
    name="taskonomy",
    field="vision",
    regimes=_REGIMES,
    labels={
        # The log spreads out a column whose affinities share a fixed sum: ratios are what AHP measures.
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of images won over training from scratch"),
    },
    pseudo_sources=("self", "random", "class_selected", "pixels"),
    retests=_REGIMES,
    contains={"16k": ("test-subset",)},  # the same networks
)
