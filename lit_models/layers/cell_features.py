"""What is known of each transfer by itself, its reverse, its row and its column, as features of a cell."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph

FEATURES = 21


def cell_features(graph: TaskGraph) -> Tensor:
    """Features of every cell (i, j); all go with the tasks when these are renamed.

    Value and normal score; observed, eligible and diagonal; the same of the reverse cell; means of the rows
    of both tasks; similarity of the two tasks' rows and of their columns; what lies on the paths i → k → j
    and back; how much is observed of the rows and columns; the number of tasks.

    Args:
        graph: a graph, or a batch of graphs.

    Returns:
        [..., N, N, 21] float.
    """
    value, observed = graph.affinity, graph.observed.to(graph.affinity)
    eligible = graph.eligible.to(value)
    tasks = value.shape[-1]
    scores = normal_scores(value, graph.observed)
    in_row, in_column = observed.sum(-1, keepdim=True), observed.sum(-2, keepdim=True)
    row_mean = value.sum(-1, keepdim=True) / (in_row + 1.0)
    of_sources = value @ value.mT / (observed @ observed.mT + 2.0)
    of_targets = value.mT @ value / (observed.mT @ observed + 2.0)
    path = value @ value / (observed @ observed + 2.0)
    diagonal = torch.eye(tasks, dtype=value.dtype, device=value.device)
    one_way = [value, scores, observed, eligible]
    wide = [
        row_mean,
        row_mean.mT,
        *(_log_count(count) for count in (in_row, in_column, in_row.mT, in_column.mT)),
    ]
    size = _log_count(torch.full_like(in_row, tasks))
    features = [
        *one_way,
        *(each.mT for each in one_way),
        diagonal,
        of_sources,
        of_targets,
        path,
        path.mT,
        *wide,
        size,
    ]
    features.append((value - row_mean) * observed)
    return torch.stack([each.expand_as(value) for each in features], -1)


def _log_count(count: Tensor) -> Tensor:
    """Counts up to hundreds, as numbers around 1."""
    return torch.log1p(count) / 3.0


def normal_scores(value: Tensor, observed: Tensor) -> Tensor:
    """Normal quantiles of each target's observed ranks: :func:`datamodules.standardise.normal_scores`.

    Args:
        value: [..., N, N] float.
        observed: [..., N, N] bool.

    Returns:
        [..., N, N] float; 0 where not observed.
    """
    known = torch.where(observed, value, torch.inf)
    others, own = known[..., None, :, :], known[..., :, None, :]
    below = (others < own).sum(-2).to(value)
    equal = (others == own).sum(-2).to(value)
    count = observed.sum(-2, keepdim=True).clamp(min=1).to(value)
    share = ((below + equal / 2) / count).clamp(0.001, 0.999)
    return torch.where(observed, torch.special.ndtri(share), 0.0)
