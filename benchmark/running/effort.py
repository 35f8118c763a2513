"""The effort that a board pins: who chose seed, members or epochs freely is shown, and told apart."""

from benchmark.results.schema import Result

SEED = 0
MEMBERS = 8


def other_effort(result: Result) -> str:
    """How the effort of a result differs from that of a board: seed 0, 8 members, the model's own epochs.

    Args:
        result: the result.

    Returns:
        What differs, in words; "" if nothing does. A model that is not trained has one member.

    """
    run, epochs = result.run, result.model.config.training.epochs
    found = {
        f"seed {run.seed}": run.seed != SEED,
        f"{run.members} members": run.members
        not in ({1, MEMBERS} if not result.model.parameters else {MEMBERS}),
        f"{run.epochs} epochs": run.epochs != epochs,
    }
    return ", ".join(words for words, differs in found.items() if differs)
