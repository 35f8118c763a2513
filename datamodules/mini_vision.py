"""mini-vision: small vision tasks on a dozen photographs, every transfer measured by this project."""

from typing import ClassVar

import numpy as np

from datamodules.published import PublishedDataModule
from datamodules.source import Label


class MiniVisionDataModule(PublishedDataModule):
    """Episodes of a mini-vision matrix; see ``tables/mini-vision/README.md`` for the figures.

    Other arguments are those of :class:`PublishedDataModule`.

    Args:
        regime: ``all-seeds`` (one tournament over three repetitions) or one of these, ``seed-0`` to
            ``seed-2``.
        label: ``ahp`` (log AHP affinity) or ``winrate`` (share of patches won over training from scratch).
    """

    dataset: ClassVar[str] = "mini-vision"
    regimes: ClassVar[tuple[str, ...]] = ("all-seeds", "seed-0", "seed-1", "seed-2")
    labels: ClassVar[dict[str, Label]] = {
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of patches won over training from scratch"),
    }
    pseudo_sources: ClassVar[tuple[str, ...]] = ("self", "random", "pixels")
    retests: ClassVar[tuple[str, ...]] = regimes[1:]  # all-seeds is made of them
