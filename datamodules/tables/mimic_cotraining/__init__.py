"""MIMIC co-training: what 27 clinical tasks gain from being trained in pairs (Song et al., NeurIPS 2022)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

MIMIC_COTRAINING = Dataset(
    name="mimic-cotraining",
    field="medicine",
    regimes=("pairwise",),
    labels={  # one and the same networks, on other patients
        "test": Label(column="test", unit="relative gain over the target alone, test patients"),
        "valid": Label(column="valid", unit="relative gain over the target alone, validation patients"),
    },
)
