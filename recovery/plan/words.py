"""Why a run is proposed, and what further runs are expected to change, in words."""

from collections.abc import Sequence

import numpy as np

from recovery.plan.goals import Goal
from recovery.posteriors.network import CENTRES, NetworkPosterior
from recovery.strategies.base import PlanState
from recovery.strategies.network_shared import choices_in_draws, choose_sources
from recovery.target_units import FloatVector

NAMED = 3


def reason(state: PlanState, source: int, target: int, *, lower_is_better: bool) -> str:
    """What is expected of a run, beside the best of its target so far; no number that is not known.

    Args:
        state: what is known.
        source: index of the source.
        target: index of the target.
        lower_is_better: the user's values are errors or losses.

    Returns:
        A phrase.
    """
    network = state.models.network
    measured = np.flatnonzero(state.known[:, target])
    if not len(measured):
        return "nothing of this target is measured yet: any source may be the best"
    sign = -1.0 if lower_is_better else 1.0
    best = measured[network.score[measured, target].argmax()]
    chance = chance_above(network, source, target, float(network.score[best, target]))
    so_far = sign * state.table.value[best, target]
    beats = f"beats the best so far ({so_far:.3g}, {state.table.task_names[best]}) with {chance:.0%}"
    if not spread_is_known(state):
        return beats
    level, unit = network.level[target], network.unit[target]
    value = sign * (level + unit * network.mean[source, target])
    return f"{value:.3g} ± {unit * network.scale[source, target]:.2g} expected; {beats}"


def spread_is_known(state: PlanState) -> bool:
    """Whether any target has two different values: from them, the spread of the others is estimated."""
    value = np.where(state.known, state.table.value, np.nan)
    with_runs = value[:, state.known.any(0)]
    return bool((np.nanmax(with_runs, 0) > np.nanmin(with_runs, 0)).any()) if with_runs.size else False


def chance_above(network: NetworkPosterior, source: int, target: int, score: float) -> float:
    """Probability that a transfer's z-score exceeds another."""
    return float(1.0 - np.interp(score, CENTRES, network.below[source, target]))


def outlook(state: PlanState, goal: Goal, targets: Sequence[int]) -> str:
    """What further runs are expected to change: when to stop.

    Args:
        state: what is known; runs that are pending count as not run.
        goal: of the campaign.
        targets: indices of its targets.

    Returns:
        A sentence.
    """
    begun = [target for target in targets if state.known[:, target].any()]
    if goal.name == "heat-map":
        return _unsure(state, targets, begun)
    if goal.name == "shared-sources":
        return _shared(state, blank=len(targets) - len(begun))
    if not begun:
        return f"Nothing of {_number(len(targets), 'target')} is measured yet: any source may be the best."
    changing = changes(state)[begun]
    expected = round(float(changing.sum()))
    blank = _blank(len(targets) - len(begun), "other")
    if not expected:
        end = blank or ": stop here"
        return f"Further runs are expected to change no target's best source (of {len(begun)}){end}."
    order = np.argsort(-changing)[: min(NAMED, expected)]
    named = ", ".join(state.table.task_names[begun[each]] for each in order)
    likeliest = "" if expected == len(begun) else f", most likely {named}"
    return (
        f"Further runs are expected to change the best source of {expected} of "
        f"{_number(len(begun), 'target')}{likeliest}{blank}."
    )


def changes(state: PlanState) -> FloatVector:
    """Probability that the best source of each target is not the one that looks best now, [N] float64.

    Sources are taken to be independent given what is measured.
    """
    network, eligible = state.models.network, state.table.eligible
    looks = np.where(eligible, network.mean, -np.inf)
    columns = np.arange(len(looks))
    best = looks.argmax(0)
    below = np.where(eligible[..., None], network.below, 1.0)
    # Density of the one that looks best: differences of its distribution between centres.
    own = np.diff(below[best, columns], axis=-1, prepend=0.0, append=1.0)
    below[best, columns] = 1.0
    others = np.prod(below, axis=0)
    reached = np.concatenate([others, np.ones((len(others), 1))], 1)
    stays: FloatVector = (own * reached).sum(1)
    return np.where(eligible.any(0), np.clip(1.0 - stays, 0.0, 1.0), 0.0)


def _unsure(state: PlanState, targets: Sequence[int], begun: Sequence[int]) -> str:
    left = state.table.eligible & ~state.known
    total, own = int(left[:, list(targets)].sum()), left[:, begun]
    if not total:
        return "Everything is measured."
    are_open = f"{_number(total, 'transfer')} {'is' if total == 1 else 'are'} open"
    if not own.any() or not spread_is_known(state):
        return f"{are_open}; too little is measured to say how far off they are expected to be."
    off = float(state.models.network.scale[:, begun][own].mean())
    blank = total - int(own.sum())
    which = f"; {blank} of them of targets with nothing measured yet, the others" if blank else ","
    return (
        f"{are_open}{which} each expected within ±{off:.2f} deviations of its target; knowing nothing but "
        "a target's mean and spread would be ±1."
    )


def _shared(state: PlanState, *, blank: int) -> str:
    if not state.known.any():
        return "Nothing is measured yet: any sources may be the best to train."
    now = choose_sources(state.models.network.mean, state.table.eligible, shared=state.shared).sources
    draws = choices_in_draws(state.models, shared=state.shared, seed=state.seed)
    others = [len(np.setdiff1d(now, draw.sources)) for draw in draws]
    named = ", ".join(sorted(state.table.task_names[each] for each in now))
    return (
        f"Sources to train, as it looks: {named}. Further runs are expected to change "
        f"{np.mean(others):.0f} of these {len(now)}{_blank(blank, 'target')}."
    )


def _blank(count: int, noun: str) -> str:
    """How many targets nothing is known of."""
    return f"; of {_number(count, noun)}, nothing is measured yet" if count else ""


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
