"""Whether recovering or shrinking cells is as good as measuring them once, per matrix and model."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import get_args

from benchmark.denoising.comparison import Cells, Comparison


@dataclass(frozen=True, kw_only=True)
class DenoisingRow:
    """The comparisons of one model on one matrix, all with the same runs.

    Attributes:
        title: the matrix.
        model: the model's name.
        hidden: recovered cells of a split's hidden third.
        whole: recovered cells in whole columns, each predicted by the split that hides it.
        measured: measured cells after shrinkage.
    """

    title: str
    model: str
    hidden: Comparison
    whole: Comparison
    measured: Comparison


def denoising_rows(comparisons: Sequence[Comparison]) -> list[DenoisingRow]:
    """Bring the comparisons of a matrix and a model together, in the order of the file."""
    rows = []
    for (dataset, regime, model), own in groupby(
        comparisons, key=lambda each: (each.dataset, each.regime, each.model)
    ):
        by_cells: dict[Cells, Comparison] = {each.cells: each for each in own}
        if by_cells.keys() != set(get_args(Cells)):
            continue  # rows are missing, which no run of the command leaves out
        rows.append(
            DenoisingRow(
                title=f"{dataset} {regime}",
                model=model,
                hidden=by_cells["hidden"],
                whole=by_cells["hidden, whole columns"],
                measured=by_cells["measured"],
            )
        )
    return rows


def denoising_answers(rows: Sequence[DenoisingRow]) -> list[str]:
    """The answer per matrix, in a sentence or two.

    Args:
        rows: of any matrices, those of one beside each other.

    Returns:
        One text per matrix; of the models, the best one is named.
    """
    answers = []
    for title, group in groupby(rows, key=lambda row: row.title):
        own = list(group)
        best = max(own, key=lambda row: row.hidden.score.mean).hidden
        kept = max(own, key=lambda row: row.measured.score.mean).measured
        verdicts = [row.measured.verdict for row in own]
        answers.append(
            f"{title}: never measured cells score {best.score.mean:.3f} with {best.model}, the best here, "
            f"and one run of them {best.one_run.mean:.3f}: {_as_good(best)} "
            f"({difference_words(best)}). Measured cells score {kept.one_run.mean:.3f} as measured and "
            f"{kept.score.mean:.3f} shrunk by {kept.model} ({difference_words(kept)}); of {len(own)} models, "
            f"{verdicts.count('better')} make them better and {verdicts.count('worse')} worse."
        )
    return answers


def difference_words(comparison: Comparison) -> str:
    """The difference from one run with its interval: ``−0.175, −0.259 to −0.093``."""
    mean, low, high = (f"{end:+.3f}".replace("-", "−") for end in comparison.difference)
    return f"{mean}, {low} to {high}"


def _as_good(comparison: Comparison) -> str:
    return {
        "better": "better than a run",
        "worse": "not as good",
        "not distinguishable": "as good, as far as can be told",
    }[comparison.verdict]
