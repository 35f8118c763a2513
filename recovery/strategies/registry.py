"""Strategies by name, and one's own from a file."""

import importlib

from datamodules.errors import UserError, unknown_name
from lit_models.loading.submission import import_class, is_submission
from recovery.strategies.base import PlanStrategy
from recovery.strategies.d_optimal import DOptimal
from recovery.strategies.expected_improvement import ExpectedImprovement
from recovery.strategies.knowledge_gradient import KnowledgeGradient
from recovery.strategies.network_improvement import NetworkImprovement
from recovery.strategies.network_ranks import NetworkRanks
from recovery.strategies.network_shared import NetworkShared
from recovery.strategies.pivoted_qr import PivotedQR
from recovery.strategies.posterior_variance import PosteriorVariance
from recovery.strategies.random_order import RandomOrder
from recovery.strategies.round_robin import RoundRobin
from recovery.strategies.source_mean import SourceMean
from recovery.strategies.thompson import Thompson

# Simple ones first, then those of a Gaussian process, then ours.
STRATEGIES: dict[str, type[PlanStrategy]] = {
    "random": RandomOrder,
    "round-robin": RoundRobin,
    "source-mean": SourceMean,
    "pivoted-qr": PivotedQR,
    "d-optimal": DOptimal,
    "posterior-variance": PosteriorVariance,
    "expected-improvement": ExpectedImprovement,
    "knowledge-gradient": KnowledgeGradient,
    "thompson": Thompson,
    "network-improvement": NetworkImprovement,
    "network-ranks": NetworkRanks,
    "network-shared": NetworkShared,
}


def load_strategy(word: str) -> PlanStrategy:
    """A strategy by its name, or one's own.

    Args:
        word: a name, ``path/to/file.py:Class`` or ``some.package.Class``.

    Returns:
        The strategy.

    Raises:
        UserError: for an unknown name, or a class that cannot be used.
    """
    if not is_submission(word):
        if word not in STRATEGIES:
            raise unknown_name("strategy", word, STRATEGIES)
        return STRATEGIES[word]()
    module, _, name = import_class(word, kind=PlanStrategy).rpartition(".")
    found: type[PlanStrategy] = getattr(importlib.import_module(module), name)
    try:
        return found()
    except TypeError as error:
        raise UserError(
            f"{word}: a strategy is made without arguments ({error}): give each a default"
        ) from error
