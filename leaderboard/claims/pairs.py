"""Which results answer a question: pairs that are alike but for one thing, found in the result files.

Nothing goes by a model's name. What a file says of its model decides: `directed`, `variational`, the encoder
and the whole configuration. A *graph model* is one whose encoder passes messages over the graph. A model
without an encoder is none, and neither is one with the `profile` encoder, a perceptron on a task's own row
and column.
"""

from collections.abc import Sequence
from typing import NamedTuple

from benchmark.reporting.terminal_boards import headline, ranked
from benchmark.results.schema import Result

PROFILE = "profile"


class Pair(NamedTuple):
    """Two results of one board; differences are taken as ``first − second``."""

    first: Result
    second: Result


def directed_pairs(results: Sequence[Result]) -> list[Pair]:
    """Directed graph autoencoders, each with every undirected twin.

    Twins differ in their class alone. The directed one may take arguments of its decoder on top, such as
    gravity's mass; what both take is equal.

    Args:
        results: one board's.

    Returns:
        Pairs of a directed and an undirected result.
    """
    return [
        Pair(first, second)
        for first, second in _all_pairs(_autoencoders(results))
        if first.model.directed
        and not second.model.directed
        and _alike(first, second, but={"class_path", "directed", "init_args"})
        and second.model.config.init_args.items() <= first.model.config.init_args.items()
    ]


def best_directed_pair(results: Sequence[Result]) -> list[Pair]:
    """The best directed and the best undirected graph autoencoder, chosen by the scores to be compared.

    Args:
        results: one board's.

    Returns:
        One pair, or none if the board lacks one of the two.
    """
    best = ranked(_autoencoders(results))
    directed = [result for result in best if result.model.directed]
    undirected = [result for result in best if not result.model.directed]
    return [Pair(first, second) for first, second in zip(directed[:1], undirected[:1], strict=False)]


def embedding_pairs(results: Sequence[Result]) -> list[Pair]:
    """Models with task embeddings Z, each with itself without.

    One that scores the same to the last digit takes no notice of Z and says nothing about it: no pair.

    Args:
        results: one board's.

    Returns:
        Pairs of a result with Z and one without.
    """
    return [
        Pair(first, second)
        for first, second in _all_pairs(_scored(results))
        if first.model.config.z != "none"
        and second.model.config.z == "none"
        and _alike(first, second, but={"z"})
        and first.metrics != second.metrics
    ]


def message_passing_pairs(results: Sequence[Result]) -> list[Pair]:
    """Graph models, each with the profile encoder in the place of its own.

    Args:
        results: one board's.

    Returns:
        Pairs of a result with messages and one without.
    """
    return [
        Pair(first, second)
        for first, second in _all_pairs(_scored(results))
        if passes_messages(first)
        and second.model.encoder == PROFILE
        and _alike(first, second, but={"encoder", "init_args"})
        and _without_encoder(first) == _without_encoder(second)
    ]


def baseline_pairs(results: Sequence[Result]) -> list[Pair]:
    """Graph models, each with the board's best model that has no encoder at all.

    Profile autoencoders are on neither side: they are what :func:`message_passing_pairs` is about. The
    baseline is chosen by the scores to be compared, which favours it.

    Args:
        results: one board's.

    Returns:
        Pairs of a graph model and always the same baseline.
    """
    baseline = best_baseline(results)
    graph_models = [result for result in _scored(results) if passes_messages(result)]
    return [Pair(first, baseline) for first in graph_models if baseline]


def best_baseline(results: Sequence[Result]) -> Result | None:
    """The best model that has no encoder at all.

    Args:
        results: one board's.

    Returns:
        The result, or None if no such model has a score.
    """
    baselines = ranked([result for result in _scored(results) if not result.model.encoder])
    return baselines[0] if baselines else None


def passes_messages(result: Result) -> bool:
    """Whether a result is a graph model's: its encoder is any other than the profile encoder."""
    return result.model.encoder not in ("", PROFILE)


def _scored(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if headline(result) is not None]


def _autoencoders(results: Sequence[Result]) -> list[Result]:
    return [result for result in _scored(results) if result.model.encoder]


def _all_pairs(results: Sequence[Result]) -> list[tuple[Result, Result]]:
    return [(first, second) for first in results for second in results]


def _alike(first: Result, second: Result, *, but: set[str]) -> bool:
    one, other = _traits(first), _traits(second)
    return all(one[name] == other[name] for name in one.keys() - but)


def _traits(result: Result) -> dict[str, object]:
    """What makes a model and its training; the seed and the effort too, or luck and effort would differ."""
    model = result.model
    return {
        **model.config.model_dump(exclude={"name"}),
        "encoder": model.encoder,
        "directed": model.directed,
        "variational": model.variational,
        "run": result.run,
    }


def _without_encoder(result: Result) -> dict[str, object]:
    return {name: value for name, value in result.model.config.init_args.items() if name != "encoder"}
