"""TaskWeb: fine-tuning on one of 22 NLP tasks, then on another, eight seeds each (Kim et al., EMNLP 2023)."""

from datamodules.affinity_table import Label
from datamodules.tables.dataset import Dataset

_SEEDS = (10, 15, 20, 25, 30, 35, 40, 42)

TASKWEB = Dataset(
    name="taskweb",
    field="language",
    regimes=(  # language model and way of training
        "t5l-finetune",
        "roberta",
        "t5b-bitfit",
        "gpt2m",
        "t5b-finetune",
        "t5b-lora",
        "t5l-pfeiffer",
        "t5b-pfeiffer",
        "t5s",
    ),
    labels={
        "score": Label(
            column="score",
            unit="percent of the target's own metric, mean over eight seeds",
            runs=tuple(f"seed_{seed}" for seed in _SEEDS),
        )
    },
)
