"""Boards of the fidelity track: per pair of matrices, share and model, and what the cheap matrix adds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

from benchmark.scoring.intervals import Interval, bootstrap_interval, mean_over_targets_then_splits
from recovery.tracks.fidelity.matrices import MATRICES
from recovery.tracks.fidelity.models import MODELS, without_cheap
from recovery.tracks.fidelity.result import FidelityResult
from recovery.tracks.fidelity.starts import SHARES


class FidelityRow(NamedTuple):
    """A model on a pair of matrices.

    Attributes:
        title: the matrices, in words.
        model: its name.
        spearman: by share, mean per-target Spearman of the hidden transfers, with its interval over targets
            and starts.
        gain: by share, how much more that is than the same model's without the cheap matrix, over the same
            starts; empty for a model without it.
        regret: by share, mean regret@1.
    """

    title: str
    model: str
    spearman: dict[str, Interval]
    gain: dict[str, Interval]
    regret: dict[str, float]


def fidelity_rows(results: Sequence[FidelityResult]) -> list[FidelityRow]:
    """Sum up results.

    Args:
        results: of any models and matrices.

    Returns:
        A row per pair of matrices and model, in the order of the track.
    """
    found = {(each.subject.dataset, each.subject.matrices, each.subject.model): each for each in results}
    rows = []
    for matrices in MATRICES:
        own = [
            model for dataset, name, model in found if (dataset, name) == (matrices.dataset, matrices.name)
        ]
        for model in sorted(
            own, key=lambda each: (MODELS.index(each) if each in MODELS else len(MODELS), each)
        ):
            result = found[matrices.dataset, matrices.name, model]
            plain = found.get((matrices.dataset, matrices.name, without_cheap(model) or ""))
            rows.append(_row(matrices.title, result, plain))
    return rows


def terminal_board(results: Sequence[FidelityResult]) -> Table:
    """The board for the terminal."""
    table = Table(
        "matrices",
        "model",
        *SHARES,
        *(f"gain at {share}" for share in SHARES),
        title="Spearman of the hidden transfers by share known, and gain by the cheap matrix",
        box=box.SIMPLE_HEAD,
    )
    for row in fidelity_rows(results):
        table.add_row(row.title, row.model, *score_cells(row), *gain_cells(row))
    return table


def score_cells(row: FidelityRow) -> list[str]:
    """Scores by share, with half the width of their intervals."""
    return [_with_reach(row.spearman[share], ".3f") for share in SHARES]


def gain_cells(row: FidelityRow) -> list[str]:
    """Gains by share; a dash for a model without the cheap matrix."""
    return [_with_reach(row.gain[share], "+.3f") if row.gain else "–" for share in SHARES]


def _with_reach(interval: Interval, form: str) -> str:
    return f"{interval.mean:{form}} ± {(interval.high - interval.low) / 2:.3f}"


def _row(title: str, result: FidelityResult, plain: FidelityResult | None) -> FidelityRow:
    same = plain is not None and (plain.subject.starts, plain.targets) == (
        result.subject.starts,
        result.targets,
    )
    return FidelityRow(
        title,
        result.subject.model,
        {share: bootstrap_interval(result.spearman(share)) for share in SHARES},
        {
            share: bootstrap_interval(result.spearman(share) - plain.spearman(share))
            for share in SHARES
            if plain is not None and same
        },
        {share: float(mean_over_targets_then_splits(np.asarray(result.regret(share)))) for share in SHARES},
    )
