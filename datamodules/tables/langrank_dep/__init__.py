"""LangRank, parsing: a parser of one language used on another, 30 languages (Lin et al., ACL 2019)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

LANGRANK_DEP = Dataset(
    name="langrank-dep",
    field="language",
    regimes=("zero-shot",),
    labels={"score": Label(column="score", unit="attachment score in percent")},
)
