"""MedMNIST: networks of 15 image sets fine-tuned on 12 medical ones (Juodelyte et al., 2024)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

MEDMNIST = Dataset(
    name="medmnist",
    field="medicine",
    regimes=("fine-tuned",),
    labels={"auc": Label(column="auc", unit="AUC after fine-tuning")},
    pair_columns={  # unknown for the target chestmnist
        "leep": Label(column="leep", unit="LEEP (Nguyen et al., 2020)"),
        "logme": Label(column="logme", unit="LogME (You et al., 2021)"),
        "nleep": Label(column="nleep", unit="NLEEP (Li et al., 2021)"),
        "ncti": Label(column="ncti", unit="NCTI (Wang et al., 2023)"),
        "lp": Label(column="lp", unit="linear probe on the source network's frozen features"),
    },
)
