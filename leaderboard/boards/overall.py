"""The ranking over datasets: mean rank of every model that is complete on all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Place, Result
from datamodules.registry import DATASETS
from leaderboard.boards.aggregate import Board
from leaderboard.boards.standings import by_completeness


@dataclass(frozen=True, kw_only=True)
class OverallRow:
    """A model's results on several boards.

    Attributes:
        name: name of the model.
        example: the model's result on the first board that has one; source of its traits.
        mean_rank: mean over the boards of its rank among complete models, ties averaged; None if incomplete.
        scores: per-target Spearman per board; None where the model has no complete result.
        missing: datasets on which the model has no complete result.
    """

    name: str
    example: Result
    mean_rank: float | None
    scores: list[float | None]
    missing: list[str]


@dataclass(frozen=True, kw_only=True)
class Overall:
    """A ranking over one board per dataset, with a common protocol version, setting and mask.

    Attributes:
        protocol_version: protocol version of all results.
        boards: one per dataset.
        rows: complete models by mean rank, then incomplete models by number of missing datasets.
    """

    protocol_version: int
    boards: list[Board]
    rows: list[OverallRow]


def make_overalls(boards: Sequence[Board]) -> list[Overall]:
    """Rank models over the headline matrix of every dataset.

    Every dataset counts once, however many of its regimes and labels were run. If the headline matrix has
    several boards (another version of the matrix, fewer splits), the board with the most splits counts; ties
    are broken by the number of models.

    Args:
        boards: any boards.

    Returns:
        One ranking per protocol version, setting and mask; newest version first, then most datasets.
    """
    groups: dict[tuple[int, str, str], dict[str, Board]] = defaultdict(dict)
    for board in sorted(boards, key=_extent, reverse=True):
        if is_headline(board.place):
            place = board.place
            groups[_version(board), place.setting, place.mask or ""].setdefault(place.dataset, board)
    overalls = [_overall(version, list(own.values())) for (version, *_), own in groups.items()]
    return sorted(overalls, key=_importance)


def is_headline(place: Place) -> bool:
    """Whether a place uses its dataset's headline matrix; always true for a user's own matrix.

    Args:
        place: any place.

    Returns:
        True if the regime and the label are the dataset's first.
    """
    source = DATASETS.get(place.dataset)
    return source is None or (place.regime, place.label) == (source.regimes[0], next(iter(source.labels)))


def _overall(version: int, boards: list[Board]) -> Overall:
    boards = sorted(boards, key=lambda board: dataset_order(board.place))
    complete = [
        {result.model.config.name: result for result in by_completeness(board)[0]} for board in boards
    ]
    shared = sorted(set.intersection(*(set(own) for own in complete)))
    ranks = [
        pd.Series({name: _score(own[name]) for name in shared}, dtype=float).rank(ascending=False)
        for own in complete
    ]
    examples = {result.model.config.name: result for board in reversed(boards) for result in board.results}
    rows = []
    for name, example in examples.items():
        own = [results.get(name) for results in complete]
        rows.append(
            OverallRow(
                name=name,
                example=example,
                mean_rank=sum(float(rank[name]) for rank in ranks) / len(ranks) if name in ranks[0] else None,
                scores=[_score(result) if result else None for result in own],
                missing=[
                    board.place.dataset for board, result in zip(boards, own, strict=True) if result is None
                ],
            )
        )
    rows.sort(key=lambda row: (row.mean_rank or float("inf"), len(row.missing), row.name))
    return Overall(protocol_version=version, boards=boards, rows=rows)


def _score(result: Result) -> float:
    score = headline(result)
    assert score is not None, "a complete result has a score"
    return score


def _version(board: Board) -> int:
    return board.results[0].protocol_version


def _extent(board: Board) -> tuple[int, int]:
    return len(board.results[0].data.split_numbers), len(board.results)


def _importance(overall: Overall) -> tuple[int, int, bool, str]:
    place = overall.boards[0].place
    return -overall.protocol_version, -len(overall.boards), place.setting == "inductive", place.mask or ""


def dataset_order(place: Place) -> tuple[int, str]:
    """Sort key of a place: the registry's order of datasets, users' own matrices last."""
    names = list(DATASETS)
    return names.index(place.dataset) if place.dataset in names else len(names), place.dataset
