"""Taskonomy: 25 vision tasks, every transfer measured (Zamir et al., CVPR 2018)."""

from typing import ClassVar

import numpy as np

from datamodules.published import PublishedDataModule
from datamodules.source import Label


class TaskonomyDataModule(PublishedDataModule):
    """Episodes of a Taskonomy matrix; see ``tables/taskonomy/README.md`` for the figures.

    Other arguments are those of :class:`PublishedDataModule`.

    Args:
        regime: ``16k`` or ``1k`` training images a transfer, or ``test-subset``.
        label: ``ahp`` (log AHP affinity) or ``winrate`` (share of images won over training from scratch).
    """

    dataset: ClassVar[str] = "taskonomy"
    regimes: ClassVar[tuple[str, ...]] = ("16k", "1k", "test-subset")
    # The log spreads out a column whose affinities share a fixed sum: ratios are what AHP measures.
    labels: ClassVar[dict[str, Label]] = {
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of images won over training from scratch"),
    }
    pseudo_sources: ClassVar[tuple[str, ...]] = ("self", "random", "class_selected", "pixels")
    retests: ClassVar[tuple[str, ...]] = regimes
