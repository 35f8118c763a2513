"""The checks that every strategy must pass, shared by ``affinity-bench smoke`` and our tests."""

import random
import time

import numpy as np
import torch

from benchmark.smoke.report import CheckError
from benchmark.smoke.run_checks import Check
from lit_models.training.shared_generators import generator_states, have_moved
from recovery.plan.costs import Costs
from recovery.plan.pick import checked, picks
from recovery.smoke.strategy_subject import SEED, StrategySubject, renamed

CLOSE = 1e-3  # largest relative difference of gains that should be equal
BATCH, PLAN = 8, 40


def gains(subject: StrategySubject) -> str:
    """``gains`` returns a finite number of 0 or more for every run, whatever is measured."""
    states = subject.states()
    for words, state in states.items():
        try:
            checked(subject.kind().gains(state), state.candidates, name=subject.kind.__name__)
        except (TypeError, ValueError) as error:
            raise CheckError(
                f"{words}: {error}", "return an array [N, N] of floats, one per source (row) and target"
            ) from error
    return f"finite and not negative: {', '.join(states)}"


def new_runs(subject: StrategySubject) -> str:
    """No run is proposed that is measured, pending or failed, and none twice."""
    costs = Costs.equal(len(subject.known))
    found = list(picks(subject.state(), subject.kind(), costs, count=BATCH))
    places = {(pick.source, pick.target) for pick in found}
    wrong = [place for place in places if not subject.candidates[place]]
    if wrong or len(places) < BATCH:
        what = "is measured, pending or failed" if wrong else "was proposed already"
        raise CheckError(
            f"it proposes a run that {what}", "leave state.candidates as it is: a run is picked from there"
        )
    return f"{BATCH} runs, one after the other"


def leaves_input(subject: StrategySubject) -> str:
    """The strategy does not change the state."""
    state = subject.state()
    fields = {
        "table.value": state.table.value,
        "pending": state.pending,
        "candidates": state.candidates,
        "models.network.mean": state.models.network.mean,
        "models.columns.mean": state.models.columns.mean,
    }
    before = {name: array.copy() for name, array in fields.items()}
    subject.kind().gains(state)
    changed = [name for name, array in fields.items() if not np.array_equal(array, before[name], True)]
    if changed:
        raise CheckError(
            f"it changes its input in place: state.{', state.'.join(changed)}", "work on a copy: `.copy()`"
        )
    return "unchanged"


def leaves_generators(subject: StrategySubject) -> str:
    """The strategy neither seeds nor draws from global random generators."""
    state = subject.state()
    for seed in (1, 2):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        before = generator_states()
        subject.kind().gains(state)
        if have_moved(before, generator_states()):
            raise CheckError(
                "it seeds or draws from a global random generator", "draw from `state.rng`, which has a seed"
            )
    return "none is touched"


def deterministic(subject: StrategySubject) -> str:
    """The same state gets the same gains, whatever the strategy was asked before."""
    first, strategy = subject.gains(subject.state()), subject.kind()
    for state in subject.states().values():
        strategy.gains(state)
    again = np.asarray(strategy.gains(subject.state()), dtype=np.float64)
    at = subject.candidates
    if not np.array_equal(first[at], again[at]):
        raise CheckError(
            f"asked again, gains differ by up to {np.abs(first - again)[at].max():.2g}",
            "keep nothing between calls, and draw from `state.rng` only",
        )
    return "asked again, the same"


def renaming(subject: StrategySubject) -> str:
    """Gains follow the tasks to another order, unless the strategy draws or declares otherwise."""
    if subject.knows_tasks_by_identity:
        return "declared not equivariant (knows_tasks_by_identity)"
    state, at = subject.state(), subject.candidates
    found = subject.gains(state)
    if not np.array_equal(found[at], subject.gains(subject.state(seed=SEED + 1))[at]):
        return "it draws by its seed: not compared"
    order = np.random.default_rng(SEED).permutation(len(found))
    gap = np.abs(subject.gains(renamed(state, order)) - found[np.ix_(order, order)])
    largest = float(gap[at[np.ix_(order, order)]].max() / max(found[at].max(), np.finfo(float).tiny))
    if largest > CLOSE:
        raise CheckError(
            f"if tasks are permuted, gains change by up to {largest:.2g} of the largest",
            "use nothing that depends on the order of the tasks, or declare `knows_tasks_by_identity = True` "
            "in the class",
        )
    return f"equivariant, to {largest:.0e}"


def hidden(subject: StrategySubject) -> str:
    """Values that are not measured do not change the gains."""
    found = []
    for make in (subject.truth, subject.other_truth):
        truth = make()  # within reach of whoever walks the frames
        found.append(subject.gains(subject.state_of(truth)))
        del truth
    gap = float(np.abs(found[0] - found[1])[subject.candidates].max())
    if gap > 0.0:
        raise CheckError(
            f"gains change by up to {gap:.2g} if only values change that are not measured",
            "read the state, and nothing else",
        )
    return "no effect"


def keeps_to_itself(subject: StrategySubject) -> str:
    """The strategy opens no files or connections, and starts no processes or threads."""
    return subject.guard.check()


def cost(subject: StrategySubject) -> str:
    """Time of a plan."""
    started = time.process_time()
    costs = Costs.equal(len(subject.known))
    found = list(picks(subject.state(warm=False), subject.kind(), costs, count=PLAN))
    seconds = time.process_time() - started
    return f"a plan of {len(found)} runs for {len(subject.known)} tasks takes {seconds:.1f} s"


STRATEGY_CHECKS: tuple[Check[StrategySubject], ...] = (
    Check("gains", gains, needed=True),
    Check("input", leaves_input),
    Check("new runs", new_runs),
    Check("generators", leaves_generators),
    Check("deterministic", deterministic),
    Check("renaming", renaming),
    Check("hidden values", hidden),
    Check("keeps to itself", keeps_to_itself),
    Check("cost", cost, measures=True),
)
