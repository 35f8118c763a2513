"""Checking what a word names: a strategy, or else a model."""

from collections.abc import Callable, Iterator

from benchmark.smoke.child import check_model_word
from benchmark.smoke.guard import Guard
from benchmark.smoke.report import Line
from benchmark.smoke.run_checks import run_checks
from datamodules.errors import UserError
from lit_models.loading.submission import IncompleteClassError, import_class, is_submission
from recovery.smoke.strategy_checks import STRATEGY_CHECKS
from recovery.smoke.strategy_subject import StrategySubject
from recovery.strategies.base import PlanStrategy
from recovery.strategies.registry import STRATEGIES, load_strategy


def check_word(word: str, guard: Guard, begin: Callable[[str], None]) -> Iterator[Line]:
    """Check a strategy or a model; see :data:`benchmark.smoke.child.CheckWord`.

    Args:
        word: ``path/to/file.py:Class``, ``some.package.Class``, or a shipped name.
        guard: records side effects.
        begin: called with the name of each check before it runs.

    Yields:
        The outcome of each check.
    """
    if not is_strategy(word):
        yield from check_model_word(word, guard, begin)
        return
    yield from run_checks(
        lambda: StrategySubject(type(load_strategy(word)), guard=guard),
        lambda _: STRATEGY_CHECKS,
        file=guard.file,
        begin=begin,
    )


def is_strategy(word: str) -> bool:
    """Whether a word names a strategy; this runs the code of its file."""
    if not is_submission(word) or word.endswith((".yaml", ".yml")):
        return word in STRATEGIES
    try:
        import_class(word, kind=PlanStrategy)
    except IncompleteClassError:
        return True
    except UserError:  # of another kind, or it does not run: the check that loads it says so
        return False
    return True
