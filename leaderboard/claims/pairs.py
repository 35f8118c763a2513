"""Pairs of results that differ in one aspect only, found in the result files.

Model names are ignored: pairs are matched on the model description in the result file, that is `directed`,
`variational`, the encoder and the full configuration. A *graph model* is one whose encoder passes messages
over the graph. Models without an encoder are not graph models, nor are those with the `profile` encoder, an
MLP on a task's own row and column.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from benchmark.reporting.terminal_boards import headline, ranked
from benchmark.results.schema import Result
from datamodules.pair_features import NO_PAIRS

PROFILE = "profile"
# `our own` in docs/models.md.
OWN_CLASSES = {"lit_models.multihead.MultiHeadGAE", "lit_models.blend.Blend"}
# Trained on other matrices beforehand; not counted as a baseline, since it is none that a user would fit.
PRETRAINED_CLASS = "lit_models.prior_fitted.PriorFitted"


class Pair(NamedTuple):
    """Two results of one board; differences are taken as ``first − second``."""

    first: Result
    second: Result


def directed_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every directed graph autoencoder with its undirected counterparts.

    Counterparts differ only in their class. The directed model may have additional decoder arguments, such as
    gravity's mass; common arguments are equal.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a directed and an undirected result.
    """
    return [
        Pair(first, second)
        for first, second in product(_autoencoders(results), repeat=2)
        if first.model.directed
        and not second.model.directed
        and _alike(first, second, but={"class_path", "directed", "init_args"})
        and second.model.config.init_args.items() <= first.model.config.init_args.items()
    ]


def best_directed_pair(results: Sequence[Result]) -> list[Pair]:
    """Pair the best directed with the best undirected graph autoencoder, by the scores being compared.

    Args:
        results: all results of one board.

    Returns:
        One pair, or none if either is missing.
    """
    best = ranked(_autoencoders(results))
    directed = [result for result in best if result.model.directed]
    undirected = [result for result in best if not result.model.directed]
    return [Pair(first, second) for first, second in zip(directed[:1], undirected[:1], strict=False)]


def embedding_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every model that uses task embeddings Z with the same model without Z.

    A model whose metrics are identical with and without Z ignores Z, so it is no evidence and left out.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a result with Z and one without.
    """
    return with_effect(
        pair
        for pair in pairs_of(results, differ_in="z")
        if pair.first.model.config.z != "none" and pair.second.model.config.z == "none"
    )


def pairs_of(results: Sequence[Result], *, differ_in: str) -> Iterator[Pair]:
    """All ordered pairs of results with a score that differ in one field of their configuration only.

    Args:
        results: all results of one board.
        differ_in: ``z`` or ``pairs``.

    Yields:
        The pairs.
    """
    for first, second in _pairs_of_a_class(_scored(results)):
        one, other = (getattr(each.model.config, differ_in) for each in (first, second))
        if one != other and _alike(first, second, but={differ_in}):
            yield Pair(first, second)


def with_effect(pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs whose metrics differ: a model that ignores what it is given is no evidence."""
    return [pair for pair in pairs if pair.first.metrics != pair.second.metrics]


def message_passing_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every graph model with the same model using the profile encoder instead.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a result with message passing and one without.
    """
    return [
        Pair(first, second)
        for first, second in _pairs_of_a_class(_scored(results))
        if passes_messages(first)
        and second.model.encoder == PROFILE
        and _alike(first, second, but={"encoder", "init_args"})
        and _without_encoder(first) == _without_encoder(second)
    ]


def baseline_pairs(results: Sequence[Result]) -> list[Pair]:
    """Pair every graph model with the board's best fitted model without an encoder.

    Profile autoencoders are on neither side: :func:`message_passing_pairs` covers them. The baseline is
    selected by the scores being compared, which favours it.

    Args:
        results: all results of one board.

    Returns:
        Pairs of a graph model and the baseline, which is the same in every pair.
    """
    baseline = best_baseline(results)
    graph_models = [result for result in _scored(results) if passes_messages(result)]
    return [Pair(first, baseline) for first in graph_models if baseline]


def own_pairs(results: Sequence[Result]) -> list[Pair]:
    """Models that come from this project, each with the best of all others.

    The opponent is chosen by the scores to be compared, which favours it.

    Args:
        results: one board's.

    Returns:
        Pairs of an own model and always the same other.
    """
    fitted = _fitted(results)
    others = ranked([result for result in fitted if not is_own(result)])
    return [Pair(first, others[0]) for first in fitted if is_own(first) and others]


def pretrained_pairs(results: Sequence[Result]) -> list[Pair]:
    """The pretrained network, as it is, with the best of all models that are fitted to the matrix.

    The opponent is chosen by the scores to be compared, which favours it.

    Args:
        results: one board's.

    Returns:
        One pair, or none if either is missing.
    """
    scored = _scored(results)
    plain = [result for result in scored if is_pretrained(result) and result.model.config.pairs == NO_PAIRS]
    best = ranked(_fitted(results))
    return [Pair(first, second) for first, second in zip(plain[:1], best[:1], strict=False)]


def is_pretrained(result: Result) -> bool:
    """Whether a result is of a model that was trained on other matrices and is not fitted to this one."""
    return result.model.config.class_path == PRETRAINED_CLASS


def is_own(result: Result) -> bool:
    """Whether a result is of a model that comes from this project; the others are published or common."""
    return result.model.config.class_path in OWN_CLASSES


def best_baseline(results: Sequence[Result]) -> Result | None:
    """The best fitted model without an encoder.

    Args:
        results: all results of one board.

    Returns:
        Its result, or None if no such model has a score.
    """
    baselines = ranked([result for result in _scored(results) if is_baseline(result)])
    return baselines[0] if baselines else None


def is_baseline(result: Result) -> bool:
    """Whether a result is of a model without an encoder that is fitted to the matrix."""
    return not result.model.encoder and not is_pretrained(result)


def passes_messages(result: Result) -> bool:
    """Whether the model is a graph model: it has an encoder other than the profile encoder."""
    return result.model.encoder not in ("", PROFILE)


def _scored(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if headline(result) is not None]


def _fitted(results: Sequence[Result]) -> list[Result]:
    return [result for result in _scored(results) if not is_pretrained(result)]


def _autoencoders(results: Sequence[Result]) -> list[Result]:
    return [result for result in _scored(results) if result.model.encoder]


def _pairs_of_a_class(results: Sequence[Result]) -> Iterator[tuple[Result, Result]]:
    """Ordered pairs of models of one class, far fewer than of all: comparing all of those takes seconds."""
    of_class: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        of_class[result.model.config.class_path].append(result)
    return ((first, second) for first in results for second in of_class[first.model.config.class_path])


def _alike(first: Result, second: Result, *, but: set[str]) -> bool:
    one, other = _traits(first), _traits(second)
    return all(one[name] == other[name] for name in one.keys() - but)


def _traits(result: Result) -> dict[str, object]:
    """Everything that defines a model and its training, including the seed and the run settings."""
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
