"""Model recycling: public checkpoints fine-tuned on 36 data sets (Choshen et al., EMNLP 2023)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable, Label
from datamodules.replicates import Replicates
from datamodules.tables.dataset import Dataset

# The plain model of each regime: its row is the mean over its seeds.
_BASES = {
    "deberta-v3-base": "microsoft/deberta-v3-base",
    "roberta-base": "roberta-base",
    "bert-base-uncased": "bert-base-uncased",
}


class _ModelRecycling(Dataset):
    """A regime is the architecture that all of its checkpoints share."""

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix with the noise of its targets.

        Args:
            regime: see :class:`Dataset`.
            label: see :class:`Dataset`.

        Returns:
            The table. A checkpoint was fine-tuned once on each target, the plain model with 20 seeds: the
            deviation of these stands in ``replicates`` for every source of the target.

        Raises:
            UserError: for an unknown regime or label.
        """
        table = super().read(regime=regime, label=label)
        seeds = pd.read_csv(self.folder / "base_seeds.csv")
        of_target = seeds[seeds.regime == table.regime].groupby("target").score
        names = list(table.task_names)
        deviation = of_target.std().reindex(names).to_numpy(dtype=np.float64)
        count = table.eligible.astype(np.int64)
        base = names.index(_BASES[table.regime])
        count[base] *= of_target.count().reindex(names, fill_value=0).to_numpy(dtype=np.int64)
        return replace(
            table,
            replicates=Replicates(count=count, deviation=np.where(table.eligible, deviation, np.nan)),
        )


MODEL_RECYCLING = _ModelRecycling(
    name="model-recycling",
    field="model zoo",
    regimes=tuple(_BASES),
    labels={"score": Label(column="score", unit="accuracy in percent, for stsb Spearman correlation × 100")},
)
