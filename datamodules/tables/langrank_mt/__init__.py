"""LangRank, translation: another language's data used for one of 54 languages (Lin et al., ACL 2019)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

LANGRANK_MT = Dataset(
    name="langrank-mt",
    field="language",
    regimes=("auxiliary",),
    labels={"bleu": Label(column="bleu", unit="BLEU of the translation into English, share of 1")},
)
