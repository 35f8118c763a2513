"""The ranking over datasets: mean rank of every model that is complete on all of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmark.reporting.terminal_boards import headline
from benchmark.results.schema import Place, Result
from datamodules.registry import DATASETS
from datamodules.splits.protocol import count_splits
from leaderboard.boards.aggregate import Board
from leaderboard.boards.published import is_on_published
from leaderboard.boards.standings import by_completeness
from leaderboard.statistics.mean_rank import MeanRank, mean_ranks

Scope = Literal["headline", "all regimes"]


@dataclass(frozen=True, kw_only=True)
class OverallRow:
    """A model over several datasets.

    Attributes:
        name: the model's.
        example: its result on the first board that has one; says what kind of model it is.
        rank: over the datasets, among complete models; None if it is incomplete.
        scores: per-target Spearman per dataset, mean over the dataset's boards; None where it lacks a
            complete result on one of them.
        missing: datasets without a complete result.
    """

    name: str
    example: Result
    rank: MeanRank | None
    scores: list[float | None]
    missing: list[str]


@dataclass(frozen=True, kw_only=True)
class Overall:
    """A ranking over datasets, all of one protocol version, setting and mask.

    Attributes:
        protocol_version: of all its results.
        scope: ``headline``, one board per dataset; ``all regimes``, those of each dataset that were run.
        units: boards per dataset, the headline one first where it is there: a dataset counts once, however
            many boards it has.
        rows: complete models by mean rank, then incomplete ones by how much they have.
    """

    protocol_version: int
    scope: Scope
    units: list[list[Board]]
    rows: list[OverallRow]

    @property
    def place(self) -> Place:
        """Of one of its boards: they share the setting and the mask."""
        return self.units[0][0].place

    @property
    def datasets(self) -> list[str]:
        """One name per unit."""
        return [unit[0].place.dataset for unit in self.units]

    @property
    def ranked(self) -> list[OverallRow]:
        """The complete models, best first."""
        return [row for row in self.rows if row.rank]


def make_overalls(boards: Sequence[Board]) -> list[Overall]:
    """Rank models over the headline matrix of every dataset, and over all regimes where more were run.

    Every dataset counts once. Beside published matrices nothing else counts: a matrix of one's own, or
    another version of a published one, would leave every model incomplete that was not run on it. Of several
    boards of one matrix, the one with the most of the protocol's splits counts, then the one with the most
    models. Over all regimes, a model needs a complete
    result on every board; labels other than the headline one never count.

    Args:
        boards: any boards.

    Returns:
        One ranking per protocol version, setting, mask and scope; the newest and widest first, headline
        matrices before all regimes.
    """
    groups: dict[tuple[int, str, str], dict[Place, Board]] = defaultdict(dict)
    published = [board for board in boards if is_on_published(board.results[0])]
    for board in sorted(published or boards, key=_extent, reverse=True):
        if _has_headline_label(board.place):
            place = board.place
            groups[_version(board), place.setting, place.mask or ""].setdefault(place, board)
    overalls = []
    for (version, *_), chosen in groups.items():
        own = sorted(chosen.values(), key=lambda board: _order(board.place))
        headline_boards = [board for board in own if is_headline(board.place)]
        if headline_boards:
            overalls.append(_overall(version, "headline", headline_boards))
        if len(own) > len(headline_boards):
            overalls.append(_overall(version, "all regimes", own))
    return sorted(overalls, key=_importance)


def leader_without(overall: Overall, datasets: Sequence[str]) -> str | None:
    """Who leads a ranking when some datasets do not count.

    Args:
        overall: the ranking.
        datasets: those to leave out.

    Returns:
        The name of the complete model with the best mean rank; None if nothing is left.
    """
    kept = [position for position, name in enumerate(overall.datasets) if name not in datasets]
    rows = overall.ranked
    if not kept or not rows:
        return None
    scores = np.array([[row.scores[position] for row in rows] for position in kept], dtype=np.float64)
    ranks = mean_ranks(scores)
    return min(zip(ranks, rows, strict=True), key=lambda pair: pair[0].mean)[1].name


def field_of(dataset: str) -> str:
    """What a dataset's tasks are about; ``other`` for a matrix of one's own."""
    return DATASETS[dataset].field if dataset in DATASETS else "other"


def is_headline(place: Place) -> bool:
    """Whether a place uses its dataset's headline matrix; always true for a user's own matrix.

    Args:
        place: any place.

    Returns:
        True if the regime and the label are the dataset's first.
    """
    source = DATASETS.get(place.dataset)
    return source is None or (place.regime == source.regimes[0] and _has_headline_label(place))


def dataset_order(place: Place) -> tuple[int, str]:
    """What sorts places by the registry's order of datasets, matrices of one's own last."""
    names = list(DATASETS)
    return names.index(place.dataset) if place.dataset in names else len(names), place.dataset


def _overall(version: int, scope: Scope, boards: Sequence[Board]) -> Overall:
    units: dict[str, list[Board]] = defaultdict(list)
    for board in boards:
        units[board.place.dataset].append(board)
    scores = [_unit_scores(unit) for unit in units.values()]
    shared = sorted(set.intersection(*(set(own) for own in scores)))
    table = np.array([[own[name] for name in shared] for own in scores])
    ranks = dict(zip(shared, mean_ranks(table), strict=True)) if shared else {}
    examples = {result.model.config.name: result for board in reversed(boards) for result in board.results}
    rows = [
        OverallRow(
            name=name,
            example=example,
            rank=ranks.get(name),
            scores=[own.get(name) for own in scores],
            missing=[dataset for dataset, own in zip(units, scores, strict=True) if name not in own],
        )
        for name, example in examples.items()
    ]
    rows.sort(key=lambda row: (row.rank.mean if row.rank else float("inf"), len(row.missing), row.name))
    return Overall(protocol_version=version, scope=scope, units=list(units.values()), rows=rows)


def _unit_scores(unit: Sequence[Board]) -> dict[str, float]:
    """Mean score over a dataset's boards, of the models that have a complete result on each."""
    complete = [dict(_complete_scores(board)) for board in unit]
    shared = set.intersection(*(set(own) for own in complete))
    return {name: float(np.mean([own[name] for own in complete])) for name in complete[0] if name in shared}


def _complete_scores(board: Board) -> Iterator[tuple[str, float]]:
    for result in by_completeness(board)[0]:
        score = headline(result)
        assert score is not None, "a complete result has a score"
        yield result.model.config.name, score


def _has_headline_label(place: Place) -> bool:
    source = DATASETS.get(place.dataset)
    return source is None or place.label == next(iter(source.labels))


def _version(board: Board) -> int:
    return board.results[0].protocol_version


def _extent(board: Board) -> tuple[int, int]:
    splits = len(board.results[0].data.split_numbers)
    return min(splits, count_splits(board.place.setting, board.place.mask or "1/3")), len(board.results)


def _order(place: Place) -> tuple[int, str, int]:
    regimes = DATASETS[place.dataset].regimes if place.dataset in DATASETS else ()
    known = place.regime in regimes
    return (*dataset_order(place), regimes.index(place.regime) if known else len(regimes))


def _importance(overall: Overall) -> tuple[int, bool, int, bool, str]:
    place = overall.place
    return (
        -overall.protocol_version,
        overall.scope != "headline",
        -len(overall.units),
        place.setting == "inductive",
        place.mask or "",
    )
