"""Tagging co-training: gains of ten tagging tasks from joint training (Bingel and Søgaard, EACL 2017)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

TAGGING_COTRAINING = Dataset(
    name="tagging-cotraining",
    field="language",
    regimes=("cotraining",),
    labels={"gain": Label(column="gain", unit="relative gain in F1 over the target alone, percent")},
)
