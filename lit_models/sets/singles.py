"""What set models know of single transfers."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.kernel_ridge import KernelRidge


def filled_singles(graph: TaskGraph) -> Tensor:
    """Single transfers, measured or else recovered by kernel ridge regression on profiles.

    Args:
        graph: one graph.

    Returns:
        [N, N] float, source × target, in the units of ``graph.affinity``.
    """
    recovered = KernelRidge(len(graph.affinity), 0)(graph)
    return torch.where(graph.observed, graph.affinity, recovered)


def of_members(single: Tensor, sets: SetGraph, *, missing: float) -> Tensor:
    """The single transfers of each set's members to its target.

    Args:
        single: [N, N] float, source × target.
        sets: M sets.
        missing: value for tasks that are not members.

    Returns:
        [M, N] float.

    >>> sets = SetGraph(torch.tensor([[True, False]]), torch.tensor([1]), *[torch.zeros(1)] * 3)
    >>> of_members(torch.tensor([[0.0, 2.0], [3.0, 0.0]]), sets, missing=-1.0).tolist()
    [[2.0, -1.0]]
    """
    return torch.where(sets.members, single.mT[sets.target], missing)


def pooled_features(single: Tensor, sets: SetGraph) -> Tensor:
    """Pools of the single transfers of each set's members.

    Args:
        single: [N, N] float, source × target.
        sets: M sets.

    Returns:
        [M, 7] float: size; best, second (of one member: the best) and worst; mean, sum over the root of the
        size, and log-sum-exp.
    """
    size = sets.members.sum(-1, keepdim=True)
    own = of_members(single, sets, missing=-torch.inf)
    best = own.topk(2, dim=-1).values
    total = of_members(single, sets, missing=0.0).sum(-1, keepdim=True)
    pools = [
        size,
        best[:, :1],
        torch.where(size > 1, best[:, 1:], best[:, :1]),
        of_members(single, sets, missing=torch.inf).amin(-1, keepdim=True),
        total / size,
        total / size.sqrt(),
        own.logsumexp(-1, keepdim=True),
    ]
    return torch.cat(pools, dim=-1)
