"""QM9 properties: pre-training on one property of molecules for another, 12 properties (Li et al., 2022)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

QM9_PROPERTIES = Dataset(
    name="qm9-properties",
    field="chemistry",
    regimes=("gcn",),
    labels={"r2": Label(column="r2", unit="R² on test molecules")},
)
