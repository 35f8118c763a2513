"""The board of ``affinity-bench reproduce``: measured and published link prediction, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich import box
from rich.table import Table

from benchmark.link_prediction.experiment import PAPER_MODELS, agrees
from datamodules.links.splits import LinkTask


@dataclass(frozen=True)
class LinkCell:
    """One model on one task.

    Attributes:
        model: one of ``PAPER_MODELS``.
        task: link prediction task.
        auc: area under the ROC curve in per cent, one per seed.
        ap: average precision in per cent, one per seed.
    """

    model: str
    task: LinkTask
    auc: Sequence[float]
    ap: Sequence[float]

    @property
    def published(self) -> float:
        """The paper's mean AUC on Cora."""
        return PAPER_MODELS[self.model].auc[self.task]

    @property
    def mark(self) -> str:
        """✓ if the published AUC is met, else ✗."""
        return "✓" if agrees(self.auc, self.published) else "✗"

    def summary(self, *, compare: bool) -> str:
        """One line with the AUC and, if ``compare``, the paper's."""
        beside = f", paper {self.published:.1f} {self.mark}" if compare else ""
        return f"{self.task}, {self.model}: AUC {spread(self.auc)}{beside}"


def spread(values: Sequence[float]) -> str:
    """Mean ± standard deviation."""
    return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}"


def link_board(cells: Sequence[LinkCell], *, title: str, compare: bool) -> Table:
    """Make the board, one row per model, in the order of the cells.

    Args:
        cells: measured cells; every model on the same tasks.
        title: title of the table.
        compare: add columns with the paper's AUC and a mark.

    Returns:
        A rich table.
    """
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    tasks = list(dict.fromkeys(cell.task for cell in cells))
    table.add_column("model", no_wrap=True)
    for task in tasks:
        table.add_column(f"{task}\nAUC", justify="right", no_wrap=True)
        if compare:
            table.add_column("\npaper", justify="right", no_wrap=True)
            table.add_column("\n", no_wrap=True)
    for task in tasks:
        table.add_column(f"{task}\nAP", justify="right", no_wrap=True)
    for model in dict.fromkeys(cell.model for cell in cells):
        own = [cell for cell in cells if cell.model == model]
        row = [model]
        for cell in own:
            row.append(spread(cell.auc))
            if compare:
                row += [f"{cell.published:.1f}", cell.mark]
        table.add_row(*row, *(spread(cell.ap) for cell in own))
    return table
