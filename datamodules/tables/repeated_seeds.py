"""A dataset that this project measured with several seeds: each seed is a replicate of all of them."""

from dataclasses import dataclass, replace

import numpy as np

from datamodules.affinity_table import AffinityTable, Label
from datamodules.replicates import Replicates
from datamodules.tables.dataset import Dataset, Field


@dataclass(frozen=True, kw_only=True)
class RepeatedSeeds(Dataset):
    """The first regime is of all seeds together; ``retests`` are the matrices of single seeds."""

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix; that of all seeds comes with those of single seeds.

        Args:
            regime: see :class:`Dataset`.
            label: see :class:`Dataset`.

        Returns:
            The table. ``replicates`` of the headline regime are the seeds' own matrices: what one seed would
            have said. The value is not their mean but one tournament over all of their test examples.

        Raises:
            UserError: for an unknown regime or label.
        """
        table = super().read(regime=regime, label=label)
        if table.regime != self.regimes[0]:
            return table
        runs = [
            super(RepeatedSeeds, self).read(regime=seed, label=table.label).value for seed in self.retests
        ]
        return replace(table, replicates=Replicates.of_runs(np.stack(runs)))


def three_seeds(*, name: str, field: Field, examples: str) -> RepeatedSeeds:
    """A dataset as `affinity-bench measure` writes it, of three seeds.

    Args:
        name: of the dataset.
        field: see :class:`Dataset`.
        examples: what transfers are tested on, in the plural.
    """
    seeds = ("seed-0", "seed-1", "seed-2")
    return RepeatedSeeds(
        name=name,
        field=field,
        regimes=("all-seeds", *seeds),
        labels={
            "ahp": Label(column="ahp", unit="log AHP affinity", transform=np.log),
            "winrate": Label(
                column="wins_vs_pixels", unit=f"share of {examples} won over training from scratch"
            ),
        },
        pseudo_sources=("self", "random", "pixels"),
        retests=seeds,
        contains={"all-seeds": seeds},
    )
