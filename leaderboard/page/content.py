"""The page's content, assembled from boards for the templates and the script."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmark.results.schema import Place
from datamodules.own_matrix.source import OwnMatrix
from datamodules.registry import Source
from leaderboard.boards.across import Against, baseline_against_all, leader_against_all
from leaderboard.boards.aggregate import Board, absent_models, cell_key
from leaderboard.boards.denoising import DenoisingRow
from leaderboard.boards.headroom import is_small_anywhere
from leaderboard.boards.limit_words import limit_words, share_words
from leaderboard.boards.overall import Overall, make_overalls
from leaderboard.boards.reliability import reliability
from leaderboard.boards.retest import retests
from leaderboard.boards.standings import Standing, standings
from leaderboard.claims.across import AcrossDatasets, claims_across
from leaderboard.claims.side_information import side_claims_across, side_findings
from leaderboard.claims.verdicts import Finding, findings
from leaderboard.markdown.overall import headroom_words, overall_title
from leaderboard.page.cards import Configs, make_card, target_names
from leaderboard.page.figures.critical_difference import critical_difference_figure
from leaderboard.page.figures.figure import Figure
from leaderboard.page.figures.forest import forest_figure
from leaderboard.page.figures.seconds import seconds_figure
from leaderboard.page.figures.shares import shares_figure
from leaderboard.page.figures.targets import targets_figure
from leaderboard.page.limits import Limits
from leaderboard.page.matrices import find_truth, num_entries
from leaderboard.page.notes import notes
from leaderboard.page.provenance import Provenance, provenance
from leaderboard.page.recoveries import make_recoveries
from leaderboard.page.rows import COLUMNS, Row, make_row


@dataclass(frozen=True, kw_only=True)
class BoardView:
    """A board as the page shows it.

    Attributes:
        key: identifier of the board within the page.
        place: dataset, regime, label, setting and mask that were scored.
        title: the place in words.
        short_title: without the dataset.
        columns: headings by metric, beside the headline.
        rows: complete models best first, then the others.
        provenance: what it rests on.
        findings: answers to the claims; none for a board without pictures.
        figures: what the script draws from rows of data.
        recoveries: matrices that the script draws; None if there are none.
        cards: how many rows have a card.
        limit: what noise allows here, and what a source mean explains; "" where neither is known.
        shares: per row, its share of what is attainable, in percent; None where that is not known.
        notes: what is left out, and why.
    """

    key: str
    place: Place
    title: str
    short_title: str
    columns: dict[str, str]
    rows: list[Row]
    provenance: Provenance
    findings: list[Finding]
    figures: list[Figure]
    recoveries: dict[str, Any] | None
    cards: list[dict[str, Any]]
    limit: str
    shares: list[str] | None
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class OverallView:
    """A ranking over datasets as the page shows it.

    Attributes:
        key: names it in the page.
        title: its setting and scope, in words.
        overall: the ranking.
        against: the leader and the best fitted model without an encoder against every other; none with too
            few datasets.
        small: whether a source mean explains nearly everything, per dataset.
        note: about those datasets; "" for none.
        claims: answers over datasets.
        figures: what the script draws from rows of data.
    """

    key: str
    title: str
    overall: Overall
    against: list[Against]
    small: list[bool]
    note: str
    claims: list[AcrossDatasets]
    figures: list[Figure]


@dataclass(frozen=True, kw_only=True)
class Content:
    """Content of the page.

    Attributes:
        overalls: rankings over datasets.
        denoising: recovered and shrunken cells beside single runs.
        boards: boards by dataset.
        configs: configurations that the cards refer to.
    """

    overalls: list[OverallView]
    denoising: Sequence[DenoisingRow]
    boards: dict[str, list[BoardView]] = field(default_factory=lambda: defaultdict(list))
    configs: Configs = field(default_factory=Configs)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Input of the page.

    Attributes:
        boards: boards to show.
        paths: result files by :func:`cell_key`.
        own: a user's own matrix that some results are on.
        limits: how much of the boards is drawn.
        refuse: is told of every file that is left out, in one line.
        denoising: recovered and shrunken cells beside single runs.
    """

    boards: Sequence[Board]
    paths: Mapping[Hashable, Path]
    own: Source | None
    limits: Limits
    refuse: Callable[[str], None]
    denoising: Sequence[DenoisingRow]


def start_content(sources: Sources) -> Content:
    """Rank over datasets, and leave the boards to :func:`add_boards`."""
    overalls = enumerate(make_overalls(sources.boards), start=1)
    return Content(
        overalls=[_overall_view(f"overall-{number}", overall) for number, overall in overalls],
        denoising=sources.denoising,
    )


def add_boards(content: Content, sources: Sources) -> Iterator[Board]:
    """Add the view of every board to the content.

    Args:
        content: content to add to.
        sources: input of the page.

    Yields:
        Each board when its view is complete.
    """
    for number, board in enumerate(sources.boards, start=1):
        view = _view(f"b{number}", board, sources, content.configs)
        content.boards[board.place.dataset].append(view)
        yield board


def _overall_view(key: str, overall: Overall) -> OverallView:
    found = [leader_against_all(overall), baseline_against_all(overall)]
    claims = claims_across(overall) + side_claims_across(overall)
    figures = [critical_difference_figure(f"{key}-ranks", overall), forest_figure(f"{key}-claims", claims)]
    return OverallView(
        key=key,
        title=overall_title(overall),
        overall=overall,
        against=list({each.reference: each for each in found if each}.values()),
        small=[is_small_anywhere(unit) for unit in overall.units],
        note=headroom_words(overall),
        claims=[answer for answer in claims if answer.low is not None],
        figures=[figure for figure in figures if figure],
    )


def _view(key: str, board: Board, sources: Sources, configs: Configs) -> BoardView:
    limits, place = sources.limits, board.place
    ranked = standings(board)
    columns = {
        name: words for name, words in COLUMNS.items() if any(name in each.metrics for each in board.results)
    }
    rows = [make_row(standing, list(columns)) for standing in ranked]
    known = reliability(place)
    is_pictured = limits.is_pictured(board)
    truth = find_truth(board.results[0], sources.own) if is_pictured else None
    recovered = limits.recoveries(num_entries(truth) if truth else 1)
    pictured = [each.result for each in ranked if each.rank][:recovered] if is_pictured else []
    recoveries = None
    if truth and pictured:
        recoveries = make_recoveries(truth, pictured, sources.paths, refuse=sources.refuse)
    targets = target_names(ranked)
    shown = ranked[: limits.cards(len(targets))]
    own = sources.own if isinstance(sources.own, OwnMatrix) and sources.own.name == place.dataset else None
    return BoardView(
        key=key,
        place=place,
        title=place.title,
        short_title=place.title_in_dataset,
        columns=columns,
        rows=rows,
        provenance=provenance(board, own=own),
        findings=findings(board) + side_findings(board) if pictured and limits.has_claims(board) else [],
        figures=_figures(key, board, ranked, sources) if pictured else [],
        recoveries=recoveries,
        cards=[
            make_card(
                standing,
                configs=configs,
                targets=targets,
                refuse=sources.refuse,
                path=sources.paths[cell_key(standing.result)]
                if position < recovered and is_pictured
                else None,
            )
            | ({"target names": targets} if position == 0 else {})
            for position, standing in enumerate(shown)
        ],
        limit=limit_words(board),
        shares=[share_words(known, row.score) for row in rows] if known else None,
        notes=notes(
            board,
            ranked,
            is_pictured=is_pictured,
            has_matrices=recoveries is not None,
            recovered=recovered,
            cards=len(shown),
            limits=limits,
            absent=absent_models(board, sources.boards),
        ),
    )


def _figures(key: str, board: Board, ranked: list[Standing], sources: Sources) -> list[Figure]:
    known = reliability(board.place)
    figures = [
        targets_figure(f"{key}-targets", ranked, known),
        seconds_figure(f"{key}-seconds", ranked, known),
    ]
    if board.place.mask:
        # One board per missing ratio; if there are several, the one with the most splits.
        by_mask = {other.place.mask: other for other in _other_shares(board, sources.boards)}
        shares = sorted(
            ({**by_mask, board.place.mask: board}).values(), key=lambda each: each.results[0].data.query_share
        )
        shared = shares_figure(f"{key}-shares", shares, _measured_again(board.place))
        figures += [shared] if shared else []
    return [figure for figure in figures if figure.data]


def _measured_again(place: Place) -> dict[str, float]:
    """Scores of every retest; without one, the reliability of the matrix if it is known."""
    known = reliability(place)
    found = {f"retest: {each.regime}": each.score for each in retests(place)}
    return found or ({f"reliability: {known.kind}": known.score} if known else {})


def _other_shares(board: Board, boards: Sequence[Board]) -> list[Board]:
    """Boards that differ in the missing ratio only, sorted by number of splits."""
    first = board.results[0]
    place = first.place.model_dump(exclude={"mask"})
    alike = [
        other
        for other in boards
        if other.place.model_dump(exclude={"mask"}) == place
        and other.results[0].protocol_version == first.protocol_version
        and other.results[0].data.dataset_hash == first.data.dataset_hash
    ]
    return sorted(alike, key=lambda other: len(other.results[0].data.split_numbers))
