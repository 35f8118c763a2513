"""The effort that a board pins: who chose seed, members or epochs freely is shown, and told apart."""

from collections.abc import Sequence

from benchmark.results.schema import Result

# The epochs are those of each model's configuration.
SEED = 0
MEMBERS = 8


def is_trained(result: Result) -> bool:
    """Whether members and epochs decide what a model scores; without training it has one member."""
    return result.model.parameters > 0


def other_effort(result: Result) -> list[str]:
    """How the effort of a result differs from that of a board: seed 0, 8 members, the model's own epochs.

    Args:
        result: the result.

    Returns:
        What differs, in words. Of a model that is not trained only the seed counts.
    """
    run, epochs = result.run, result.model.config.training.epochs
    found = {
        f"seed {run.seed}": run.seed != SEED,
        f"{run.members} member{'s' * (run.members != 1)}": is_trained(result) and run.members != MEMBERS,
        f"{run.epochs} epochs": is_trained(result) and run.epochs != epochs,
    }
    return [words for words, differs in found.items() if differs]


def effort_options(result: Result) -> Sequence[str]:
    """Options of ``affinity-bench run`` that make a result's effort, without what a run does by itself."""
    run = result.run
    chosen = {
        "--members": (run.members, MEMBERS if is_trained(result) else 1),
        "--epochs": (run.epochs, result.model.config.training.epochs),
        "--seed": (run.seed, SEED),
    }
    return [word for name, (own, usual) in chosen.items() if own != usual for word in (name, str(own))]
