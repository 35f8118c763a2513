"""Kernels between tasks: how alike they are by their transfers and by what is known of them."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph


def rbf_kernel(features: Tensor, known: Tensor) -> Tensor:
    """Gaussian kernel exp(−‖a − b‖² / 2σ²), σ by the median heuristic.

    σ is the median distance of two different feature vectors of known tasks (Garreau, Jitkrittum & Kanagawa,
    2017). Equal vectors are left out: one-hot features have so many that the median would be 0.

    Args:
        features: [N, F] float.
        known: [N] bool, the tasks that σ is taken over; 1 if these are all the same.

    Returns:
        [N, N] float in (0, 1], positive semi-definite, 1 on the diagonal.

    >>> rbf_kernel(torch.tensor([[0.0], [0.0], [2.0]]), torch.ones(3).bool())[0]
    tensor([1.0000, 1.0000, 0.6065])
    """
    # Not by a matrix product, whose rounding would make equal vectors differ.
    distance = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    pairs = known[..., :, None] & known[..., None, :] & (distance > 0.0)
    median = torch.where(pairs, distance, torch.nan).flatten(-2).nanmedian(-1).values
    scale = torch.where(median.isnan(), 1.0, median)[..., None, None]
    return torch.exp(-(distance**2) / (2.0 * scale**2))


def task_kernel(graph: TaskGraph, *, profile: bool) -> Tensor:
    """Mean of one kernel on the tasks' observed rows and columns and one on their embeddings Z.

    The first is the Gaussian interaction profile kernel, the mean as there (van Laarhoven, Nabuurs &
    Marchiori, Bioinformatics 2011), but a profile is a task's row and its column.

    Args:
        graph: one graph of N tasks, with Z unless there is a profile.
        profile: use the observed rows and columns.

    Returns:
        [N, N] float64, positive semi-definite.
    """
    known = graph.observed.any(-1) | graph.observed.any(-2)
    affinity = graph.affinity.double()
    features = [torch.cat([affinity, affinity.mT], dim=-1)] if profile else []
    if graph.x.shape[-1]:
        features.append(graph.x.double())
    return torch.stack([rbf_kernel(each, known) for each in features]).mean(0)
