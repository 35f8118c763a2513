"""The checks that every model must pass, shared by `affinity-bench smoke`, ``check_model`` and our tests."""

from collections.abc import Sequence

from benchmark.smoke import forward_checks, set_checks, training_checks
from benchmark.smoke.run_checks import Check
from benchmark.smoke.subject import Subject
from lit_models.sets.registry import is_set_model


def keeps_to_itself(subject: Subject) -> str:
    """The model opens no files or connections, and starts no processes or threads."""
    return subject.guard.check()


CHECKS = (
    Check("builds", forward_checks.builds, needed=True),
    Check("scores", forward_checks.scores, needed=True),
    Check("objective", forward_checks.objective),
    Check("settings", forward_checks.settings),
    Check("empty", forward_checks.empty),
    Check("input", forward_checks.leaves_input),
    Check("generators", forward_checks.leaves_generators),
    Check("renaming", forward_checks.renaming),
    Check("gradient", forward_checks.gradient),
    Check("direction", forward_checks.direction),
    Check("keeps to itself", keeps_to_itself),
    Check("loss", training_checks.learns),
    Check("ranking", training_checks.ranks),
    Check("deterministic", training_checks.deterministic),
    Check("hidden values", training_checks.hidden),
    Check("noise", training_checks.noise),
    Check("batching", training_checks.batched, measures=True),
    Check("cost", training_checks.cost, measures=True),
)
# What need not hold of single transfers where sets are what a model is for.
_NOT_OF_SETS = ("gradient", "direction", "loss", "ranking")
# Of models that score sets.
SET_CHECKS = (
    *(check for check in CHECKS if check.name not in _NOT_OF_SETS),
    Check("sets", set_checks.scores_sets, needed=True),
    Check("gradient of sets", set_checks.gradient_of_sets),
    Check("order of sets", set_checks.sets_in_any_order),
    Check("hidden sets", set_checks.hidden_sets_stay_hidden),
    Check("splits of sets", set_checks.splits_stay_apart),
)


def checks_of(subject: Subject) -> Sequence[Check[Subject]]:
    """The checks of a model: those of set models, if it is one."""
    return SET_CHECKS if is_set_model(subject.config) else CHECKS
