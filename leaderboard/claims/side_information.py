"""What each kind of side information is worth: task embeddings by kind, and pair features.

A family of claims of its own: p-values are Holm's over these, apart from the claims about models.
"""

from collections.abc import Sequence
from functools import partial

from benchmark.results.schema import Result
from datamodules.pair_features import NO_PAIRS
from leaderboard.boards.aggregate import Board
from leaderboard.boards.overall import Overall
from leaderboard.claims.across import AcrossDatasets, claims_across
from leaderboard.claims.pairs import Pair, pairs_of, with_effect
from leaderboard.claims.verdicts import Claim, Finding, findings


def kind_pairs(results: Sequence[Result], *, kind: str) -> list[Pair]:
    """Pair every model that is given a kind of Z with the same model without it.

    Other kinds are the same on both sides: ``metadata+text`` meets ``metadata``, and ``text`` meets none.
    Models that ignore Z are left out, as in :func:`leaderboard.claims.pairs.embedding_pairs`.

    Args:
        results: all results of one board.
        kind: one kind of Z.

    Returns:
        Pairs of a result with the kind and one without.
    """
    return with_effect(
        pair
        for pair in pairs_of(results, differ_in="z")
        if kind in kinds_of(pair.first) and kinds_of(pair.first) - {kind} == kinds_of(pair.second)
    )


def text_metadata_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every model that is given texts with the same model given metadata in their place.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a result with texts and one with metadata.
    """
    return with_effect(
        pair
        for pair in pairs_of(results, differ_in="z")
        if kinds_of(pair.first) ^ kinds_of(pair.second) == {"text", "metadata"}
        and "text" in kinds_of(pair.first) - kinds_of(pair.second)
        and "metadata" in kinds_of(pair.second)
    )


def pair_feature_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every model that is given pair features with the same model without them.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a result with pair features and one without.
    """
    return with_effect(
        pair
        for pair in pairs_of(results, differ_in="pairs")
        if pair.first.model.config.pairs != NO_PAIRS and pair.second.model.config.pairs == NO_PAIRS
    )


def kinds_of(result: Result) -> set[str]:
    """The kinds of Z that a model is given; ``all`` is metadata and prompts."""
    z = result.model.config.z
    return set() if z == "none" else set(z.replace("all", "metadata+prompt").split("+"))


SIDE_INFORMATION = (
    *(
        Claim(name=f"with {name} against without", pairs=partial(kind_pairs, kind=kind))
        for kind, name in (
            ("metadata", "metadata"),
            ("text", "texts"),
            ("prompt", "prompts"),
            ("task2vec", "Task2Vec"),
            ("representation", "representations"),
        )
    ),
    Claim(name="texts against metadata", pairs=text_metadata_pairs),
    Claim(name="with pair features against without", pairs=pair_feature_pairs),
)


def side_findings(board: Board) -> list[Finding]:
    """What a board says of side information.

    Args:
        board: the board.

    Returns:
        One finding per claim that has pairs on the board.
    """
    return [finding for finding in findings(board, SIDE_INFORMATION) if finding.pairs]


def side_claims_across(overall: Overall) -> list[AcrossDatasets]:
    """What several datasets say of side information.

    Args:
        overall: boards of one setting, mask and protocol version.

    Returns:
        One answer per claim that has pairs on any dataset.
    """
    return [answer for answer in claims_across(overall, SIDE_INFORMATION) if answer.datasets]
