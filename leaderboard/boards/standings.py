"""Standings of a board: every model's rank, and its paired tests against two references."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import multimode

from benchmark.reporting.terminal_boards import headline
from benchmark.results.effort import is_trained, other_effort
from benchmark.results.schema import Result
from benchmark.scoring.intervals import PairedTest
from benchmark.scoring.measured import HEADLINE
from leaderboard.boards.aggregate import Board, paired_tests
from leaderboard.claims.pairs import best_baseline
from leaderboard.claims.verdicts import verdict


@dataclass(frozen=True, kw_only=True)
class Against:
    """Comparison of a model with a reference.

    Attributes:
        words: ``better``, ``worse``, ``not distinguishable`` or ``too few splits``; ``reference`` for the
            reference itself.
        test: model − reference, with the p-value Holm-adjusted over the board's models.
    """

    words: str
    test: PairedTest | None = None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A model on a board.

    Attributes:
        result: result of the model.
        rank: from 1; None if incomplete.
        incomplete: why it is not ranked; empty if it is.
        baseline: comparison with the board's best fitted model without an encoder; None if incomplete.
        leader: comparison with the board's best model; None if incomplete.
    """

    result: Result
    rank: int | None
    incomplete: str = ""
    baseline: Against | None = None
    leader: Against | None = None


def standings(board: Board) -> list[Standing]:
    """Rank a board's complete models, and test each against the best baseline and the leader.

    Both references are selected by the scores being compared, which favours them.

    Args:
        board: the board.

    Returns:
        Complete models, best first, followed by the incomplete ones.
    """
    complete, missing = by_completeness(board)
    references = (best_baseline(complete), complete[0] if complete else None)
    # Holm's correction counts the models that are ranked: more files of others make no verdict weaker.
    ranked = replace(board, results=complete)
    tests = [paired_tests(ranked, each.model.config.name) if each else {} for each in references]
    return [
        *(
            Standing(
                result=result,
                rank=rank,
                baseline=_against(result, references[0], tests[0]),
                leader=_against(result, references[1], tests[1]),
            )
            for rank, result in enumerate(complete, start=1)
        ),
        *(Standing(result=result, rank=None, incomplete=words) for result, words in missing),
    ]


def by_completeness(board: Board) -> tuple[list[Result], list[tuple[Result, str]]]:
    """Separate the complete results, which can be ranked, from the others.

    Args:
        board: the board.

    Returns:
        The complete results, best first, and the incomplete results, each with what is missing.
    """
    scored = [result for result in board.results if result.status == "ok"]
    # The truth decides which values are scored: what most results have, no file can change by itself.
    asked = max(multimode(map(_counted, scored)), default=0)
    effort = ranked_effort(scored)
    found = [(result, what_is_missing(result, asked=asked, effort=effort)) for result in board.results]
    return [result for result, words in found if not words], [each for each in found if each[1]]


def ranked_effort(results: Sequence[Result]) -> list[str]:
    """The effort whose results a board ranks: the protocol's, unless no trained model has it.

    Args:
        results: the results with scores.

    Returns:
        See :func:`benchmark.results.effort.other_effort`; of several others the most frequent one, so that
        a board of quick runs has ranks too.
    """
    trained = [result for result in results if is_trained(result)]
    found = [tuple(other_effort(result)) for result in trained or results]
    return [] if () in found else list(max(multimode(found), default=()))


def what_is_missing(result: Result, *, asked: int, effort: Sequence[str]) -> str:
    """Describe why a result cannot be ranked.

    Args:
        result: result of any model.
        asked: number of (split, target) values of the board's results.
        effort: the effort that the board ranks.

    Returns:
        A short description; empty if nothing is missing.
    """
    if result.status != "ok":
        return result.status
    if headline(result) is None:
        return "not scored"
    counted = _counted(result)
    if counted != asked:
        return f"{counted} of {asked} values"
    own = other_effort(result)
    is_of_board = own == effort if is_trained(result) else set(own) <= set(effort)
    return "" if is_of_board else "another effort"


def _counted(result: Result) -> int:
    metric = result.metrics.get(HEADLINE)
    return metric.counted if metric else 0


def _against(result: Result, reference: Result | None, tests: dict[str, PairedTest]) -> Against | None:
    if reference is None:
        return None
    if result is reference:
        return Against(words="reference")
    test = tests.get(result.model.config.name)
    return Against(words=verdict(test), test=test)
