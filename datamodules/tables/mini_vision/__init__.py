"""mini-vision: small vision tasks on a dozen photographs, every transfer measured by this project."""

from dataclasses import replace

import numpy as np

from datamodules.affinity_table import AffinityTable, Label
from datamodules.replicates import Replicates
from datamodules.tables.dataset import Dataset

_ALL_SEEDS = "all-seeds"
_SEEDS = ("seed-0", "seed-1", "seed-2")


class _MiniVision(Dataset):
    """The matrices of single seeds are replicates of the one over all seeds."""

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix; that of all seeds comes with those of single seeds.

        Args:
            regime: see :class:`Dataset`.
            label: see :class:`Dataset`.

        Returns:
            The table. ``replicates`` of ``all-seeds`` are the three seeds' own matrices: what one seed would
            have said. The value is not their mean but one tournament over all of their test examples.

        Raises:
            UserError: for an unknown regime or label.
        """
        table = super().read(regime=regime, label=label)
        if table.regime != _ALL_SEEDS:
            return table
        runs = [super(_MiniVision, self).read(regime=seed, label=table.label).value for seed in _SEEDS]
        return replace(table, replicates=Replicates.of_runs(np.stack(runs)))


MINI_VISION = _MiniVision(
    name="mini-vision",
    field="vision",
    regimes=(_ALL_SEEDS, *_SEEDS),
    labels={
        "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
        "winrate": Label(column="wins_vs_pixels", unit="share of patches won over training from scratch"),
    },
    pseudo_sources=("self", "random", "pixels"),
    retests=_SEEDS,
    contains={_ALL_SEEDS: _SEEDS},
)
