"""Prompt transfer: soft prompts of one NLP task used on another (Su et al., NAACL 2022)."""

from dataclasses import replace

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable, Label
from datamodules.tables.dataset import Dataset


class _PromptTransfer(Dataset):
    """A regime is the language model that the prompts belong to."""

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix with the similarities of its tasks' prompts.

        Args:
            regime: see :class:`Dataset`.
            label: see :class:`Dataset`.

        Returns:
            The table; the similarity of prompts is the mean cosine over all token pairs, NaN where not
            published. It is a pair feature, too.

        Raises:
            UserError: for an unknown regime or label.
        """
        table = super().read(regime=regime, label=label)
        pairs = pd.read_csv(self.folder / "prompt_similarity.csv")
        cosine = pairs[pairs.regime == table.regime].pivot(
            index="task_a", columns="task_b", values="mean_token_cosine"
        )
        names = list(table.task_names)
        square = cosine.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
        # Published from both sides, and equal up to the last of six digits.
        similarity = (square + square.T) / 2
        if np.isnan(similarity).all():
            return table
        return replace(table, similarities={"prompt": similarity}, pairs={"prompt_cosine": similarity})


PROMPT_TRANSFER = _PromptTransfer(
    name="prompt-transfer",
    field="language",
    regimes=(
        "roberta",
        "roberta-large",
        "t5-base",
        "t5-small",
        "roberta-position",
    ),  # the last has most tasks
    labels={
        "score": Label(
            column="score", unit="zero-shot score: accuracy, or BLEU where the target is generated text"
        )
    },
    pseudo_sources=("random",),
)
