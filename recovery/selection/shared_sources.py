"""Which sources to train at all, so that every target is served: Taskonomy's supervision budget."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack

from datamodules.errors import UserError
from recovery.selection.source_sets import FloatVector, IntVector, ScoredSets, best_rows


class SharedSources(NamedTuple):
    """The sources to train, and what serves each of T targets.

    Attributes:
        sources: indices of the sources to train, increasing.
        served_by: [T] int64, the row of the set that serves each target.
        total: sum of the scores of these sets.
    """

    sources: IntVector
    served_by: IntVector
    total: float


def shared_sources(
    sets: ScoredSets, *, budget: float, costs: FloatVector | None = None, target_names: Sequence[str]
) -> SharedSources:
    """Choose the sources to train under a budget, and a set of them for each target.

    A binary integer program (Zamir et al., CVPR 2018, section 3.4): of all choices of sources that the budget
    allows, the one with the largest sum over targets of the score of the target's best set within it. The
    optimum is exact. Scores of different targets are added, so they must have a common unit, such as z-scores
    per target. A source that is a target itself serves itself only if there is such a set.

    Args:
        sets: scored sets; single transfers are :func:`recovery.selection.source_sets.single_sources`.
        budget: what the sources may cost together; without ``costs``, how many there may be.
        costs: [S] float64, the cost of each source; 1 each if omitted.
        target_names: T names; every target is to be served.

    Returns:
        The sources and the sets; a source that serves no target is left out.

    Raises:
        UserError: if no sources within the budget serve every target.
    """
    count, sources = sets.members.shape
    targets = len(target_names)
    unserved = np.setdiff1d(np.arange(targets), sets.target)
    if len(unserved):
        raise UserError(
            f"no source serves {target_names[unserved[0]]}: leave this target out, or add a source"
        )
    cost = np.ones(sources) if costs is None else costs
    # Variables: [S] whether a source is trained, then [M] whether a set serves its target. Only the first
    # need be integers: given them, the best sets of the targets are a vertex.
    set_of, member = np.nonzero(sets.members)
    links = len(set_of)
    needs = hstack(
        [
            csr_array((np.full(links, -1.0), (np.arange(links), member)), shape=(links, sources)),
            csr_array((np.ones(links), (np.arange(links), set_of)), shape=(links, count)),
        ]
    )
    one_each = csr_array(
        (np.ones(count), (sets.target, sources + np.arange(count))), shape=(targets, sources + count)
    )
    solution = milp(
        np.concatenate([np.zeros(sources), -sets.score]),
        integrality=np.concatenate([np.ones(sources), np.zeros(count)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(needs, -np.inf, 0),
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(np.concatenate([cost, np.zeros(count)])[None], -np.inf, budget),
        ],
        options={"mip_rel_gap": 0},  # exact; SciPy's default is a ten-thousandth
    )
    if solution.x is None:
        raise UserError(
            f"no sources of a cost of {budget:g} in all serve all {targets} targets: raise the budget"
        )
    trained = solution.x[:sources] > 0.5
    served_by = best_rows(sets, sets.members[:, ~trained].sum(1) == 0, targets=targets)
    used = sets.members[served_by].any(0)
    return SharedSources(np.flatnonzero(used), served_by, float(sets.score[served_by].sum()))
