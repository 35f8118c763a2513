"""Boards of the sets track: models in a cell, and what one kind of model adds over another."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich import box
from rich.table import Table

import lit_models
from benchmark.results.marks import is_shipped, standing
from benchmark.results.schema import Metric
from benchmark.scoring.intervals import PairedTest, corrected_resampled_test
from benchmark.sets.metric_names import METRICS
from benchmark.sets.result import SetResult
from datamodules.sets.protocol import PAIRS, SETTINGS

CONFIGS = Path(lit_models.__file__).parent / "sets" / "configs"
HEADINGS = ["model", *METRICS.values(), "CPU seconds"]
CHOICE_HEADINGS = ["target", "chosen", "true rank", "best", "predicted rank"]
# Hypergraph models, and what they are compared with.
HYPERGRAPH_MODELS = ("hyperedge-kriging", "all-set", "hypergraph-conv")
COMPARED_WITH = ("linear-surrogate", "deep-sets")


class SetBoard(NamedTuple):
    """The results of a cell.

    Attributes:
        title: the cell in words.
        results: best Spearman first.
    """

    title: str
    results: list[SetResult]


class Comparison(NamedTuple):
    """What a hypergraph model adds, in Spearman.

    Attributes:
        title: the cell in words.
        model: the hypergraph model.
        other: what it is compared with.
        test: difference over the same splits, model minus other.
    """

    title: str
    model: str
    other: str
    test: PairedTest


def set_boards(results: Sequence[SetResult]) -> list[SetBoard]:
    """Sort results into boards.

    Args:
        results: of any cells.

    Returns:
        By dataset, setting and known pairs.
    """

    def place(result: SetResult) -> tuple[str, str, str, int, int]:
        cell = result.cell
        setting, pairs = list(SETTINGS).index(cell.setting), PAIRS.index(cell.pairs)
        return cell.dataset, cell.regime, cell.label, setting, pairs

    ordered = sorted(results, key=place)
    return [
        SetBoard(title, sorted(own, key=lambda each: -_mean(each, "spearman")))
        for title, own in (
            (each[0].cell.title, each) for each in (list(g) for _, g in groupby(ordered, key=place))
        )
    ]


def comparisons(boards: Sequence[SetBoard]) -> list[Comparison]:
    """Compare the hypergraph models with the linear surrogate and with a set network, in each cell.

    The corrected resampled t-test (Nadeau & Bengio, Machine Learning 2003) over the cell's splits.

    Args:
        boards: of :func:`set_boards`.

    Returns:
        In the order of the boards; cells without both models are left out.
    """
    found = []
    for board in boards:
        by_name = {each.cell.model.name: each for each in board.results}
        for model in HYPERGRAPH_MODELS:
            for other in COMPARED_WITH:
                one, two = by_name.get(model), by_name.get(other)
                if one and two and _splits(one) == _splits(two):
                    test = corrected_resampled_test(
                        _per_split(one.metrics["spearman"]),
                        _per_split(two.metrics["spearman"]),
                        test_share=one.test_share,
                    )
                    found.append(Comparison(board.title, model, other, test))
    return found


def cells_of(result: SetResult) -> list[str]:
    """A result in words, one cell per heading; the name with marks, the headline with its half-width."""
    spearman = result.metrics["spearman"]
    width = ((spearman.high or 0.0) - (spearman.low or 0.0)) / 2
    others = [f"{_mean(result, name):.3f}" for name in list(METRICS)[1:]]
    seconds = result.fit_cpu_seconds + result.predict_cpu_seconds
    return [
        " ".join([result.cell.model.name, *(f"({mark})" for mark in marks_of(result))]),
        f"{_mean(result, 'spearman'):.3f} ± {width:.3f}",
        *others,
        f"{seconds:.1f}",
    ]


def marks_of(result: SetResult) -> list[str]:
    """Marks of a result, as :func:`benchmark.results.marks.marks_of` has them."""
    return standing(result.marks, shipped=is_shipped(result.cell.model, configs=CONFIGS))


def choice_cells(result: SetResult) -> list[str]:
    """What a model chooses on the first split, over targets.

    Args:
        result: of a model.

    Returns:
        The share of targets whose chosen set is the best hidden one, the median true rank of the chosen sets,
        and the median rank that the model gives to the best ones.
    """
    chosen = [choice.true_rank for choice in result.choices]
    best = [choice.predicted_rank for choice in result.choices]
    return [f"{np.mean(np.array(chosen) == 1):.0%}", f"{np.median(chosen):g}", f"{np.median(best):g}"]


def choice_rows(result: SetResult) -> list[list[str]]:
    """What a model chooses for each target on the first split, beside the best set; see CHOICE_HEADINGS."""
    return [
        [
            each.target,
            ", ".join(each.sources),
            f"{each.true_rank} of {each.hidden}",
            ", ".join(each.best),
            f"{each.predicted_rank} of {each.hidden}",
        ]
        for each in result.choices
    ]


def headline_leaders(results: Sequence[SetResult]) -> list[SetResult]:
    """The best model of each dataset's headline board: hidden sets at random, all pairs known."""
    headline = [each for each in results if each.cell.setting == "random" and each.cell.pairs == "all"]
    return [board.results[0] for board in set_boards(headline)]


def terminal_board(board: SetBoard) -> Table:
    """A board for the terminal."""
    table = Table(*HEADINGS, title=board.title, box=box.SIMPLE_HEAD)
    for result in board.results:
        table.add_row(*cells_of(result))
    return table


def _mean(result: SetResult, metric: str) -> float:
    mean = result.metrics[metric].mean
    return float("nan") if mean is None else mean


def _splits(result: SetResult) -> tuple[str, int]:
    return result.cell.splits_hash, len(result.metrics["spearman"].per_split)


def _per_split(metric: Metric) -> np.ndarray:
    return np.array([np.nan if mean is None else mean for mean in metric.per_split])
