"""Which cells are applicable, and why the others are not."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from benchmark.isolation.submission import describe
from benchmark.running.suite import Cell
from datamodules.affinity_table import AffinityTable
from datamodules.embeddings import embed
from datamodules.errors import UserError
from datamodules.pair_features import ALL_PAIRS, NO_PAIRS, has_missing, pair_feature_names
from datamodules.splits.protocol import Setting
from lit_models.loading.config import ModelConfig


class Selection(NamedTuple):
    """The cells of a run, separated by applicability.

    Attributes:
        cells: the applicable cells.
        left_out: model names of the other cells, by reason.
    """

    cells: list[Cell]
    left_out: dict[str, list[str]]

    def __str__(self) -> str:
        """One line with what is left out and why; "" if nothing is."""
        if not self.left_out:
            return ""
        count = sum(map(len, self.left_out.values()))
        groups = [f"{reason}: {', '.join(dict.fromkeys(names))}" for reason, names in self.left_out.items()]
        return (
            f"{count} of {len(self.cells) + count} cells do not apply and are left out ({'; '.join(groups)})"
        )


def select_applicable(cells: Sequence[Cell], read: Callable[..., AffinityTable]) -> Selection:
    """Select the applicable cells.

    Args:
        cells: cells of any places and models.
        read: reads a matrix by ``regime`` and ``label``; asked for each cell, so it had better keep them.

    Returns:
        The applicable cells, in the same order, and what was left out.
    """
    applicable: list[Cell] = []
    left_out: dict[str, list[str]] = {}
    for cell in cells:
        table = read(regime=cell.place.regime, label=cell.place.label)
        reason = why_not(cell.model, table, cell.place.setting)
        if reason:
            left_out.setdefault(reason, []).append(cell.model.name)
        else:
            applicable.append(cell)
    return Selection(applicable, left_out)


def why_not(config: ModelConfig, table: AffinityTable, setting: Setting) -> str:
    """Why a model is not applicable to a matrix, whatever its weights.

    Args:
        config: the model.
        table: the matrix.
        setting: ``transductive`` or ``inductive``.

    Returns:
        The reason, without the model's name; "" if it is applicable, or if only a run can tell.
    """
    if config.pairs not in {NO_PAIRS, *table.pairs, *([ALL_PAIRS] if table.pairs else [])}:
        return f"no such figures in {table.name}"
    num_tasks = len(table.task_names)
    try:
        num_features = embed(config.z, table, np.ones(num_tasks, dtype=bool)).shape[1]
        # With pair features, a model that may be given Z has something to go by without it.
        if config.z != "none" and not num_features and config.pairs == NO_PAIRS:
            return f"{table.name} says nothing about its tasks, so there is no Z"
        pairs = pair_feature_names(table, config.pairs)
        found = describe(
            config,
            num_tasks=num_tasks,
            num_features=num_features,
            num_pair_features=len(pairs) + has_missing(table, pairs),
        )
    except UserError as refusal:  # raised by the model's embedding
        return str(refusal)
    if found.error:
        return ""  # a broken model: its cell fails and records the error
    if found.unsupported:
        return found.unsupported
    return "" if setting in found.settings else f"cannot rank transfers in the {setting} setting"
