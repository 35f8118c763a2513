"""CogTaskonomy: 12 NLP tasks, every transfer measured (Luo et al., ACL 2022)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

COGTASKONOMY = Dataset(
    name="cogtaskonomy",
    field="language",
    regimes=("readme-example",),  # the matrix that the repository's text shows
    labels={"score": Label(column="score", unit="points of the target's own metric")},
)
