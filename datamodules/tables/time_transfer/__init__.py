"""Time transfer: a model of one month's tweets tested on another month's, 72 months (Nylund et al., 2024)."""

import numpy as np

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

TIME_TRANSFER = Dataset(
    name="time-transfer",
    field="time",
    regimes=("t5-small",),
    labels={
        "loss": Label(column="loss", unit="cross-entropy loss, negated", transform=np.negative),
        "f1": Label(column="macro_f1", unit="macro-F1"),
    },
)
