"""Kernels between tasks."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph, ends, is_bipartite


def rbf_kernel(features: Tensor, known: Tensor) -> Tensor:
    """Gaussian kernel exp(−‖a − b‖² / 2σ²), with σ from the median heuristic.

    σ is the median distance between different feature vectors of known tasks (Garreau, Jitkrittum & Kanagawa,
    2017). Equal vectors are excluded: one-hot features have so many that the median would be 0.

    Args:
        features: [N, F] float.
        known: [N] bool, tasks that σ is computed from; σ = 1 if all of their vectors are equal.

    Returns:
        [N, N] float in (0, 1], positive semi-definite, 1 on the diagonal.

    >>> rbf_kernel(torch.tensor([[0.0], [0.0], [2.0]]), torch.ones(3).bool())[0]
    tensor([1.0000, 1.0000, 0.6065])
    """
    # Without a matrix product, whose rounding would make equal vectors differ.
    distance = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    pairs = known[..., :, None] & known[..., None, :] & (distance > 0.0)
    median = torch.where(pairs, distance, torch.nan).flatten(-2).nanmedian(-1).values
    scale = torch.where(median.isnan(), 1.0, median)[..., None, None]
    return torch.exp(-(distance**2) / (2.0 * scale**2))


def task_kernels(graph: TaskGraph, *, profile: bool) -> tuple[Tensor, Tensor]:
    """Kernel of the sources and kernel of the targets, one and the same unless the graph is bipartite.

    Each is the mean of a kernel on the tasks' observed rows and columns and a kernel on their embeddings Z.

    The first is the Gaussian interaction profile kernel (van Laarhoven, Nabuurs & Marchiori, Bioinformatics
    2011), which is averaged with others as there; here a profile is a task's row and column, or the one of
    them that a task of a bipartite graph has.

    Args:
        graph: one graph of N tasks; it needs Z if ``profile`` is False.
        profile: use the observed rows and columns.

    Returns:
        [S, S] and [T, T] float64, positive semi-definite; S = T = N unless the graph is bipartite.
    """
    known, known_target = graph.observed.any(-1), graph.observed.any(-2)
    affinity = graph.affinity.double()
    z, z_target = ends(graph.x.double(), graph)
    if is_bipartite(graph):
        return (
            _mean_kernel(affinity, z, known, profile=profile),
            _mean_kernel(affinity.mT, z_target, known_target, profile=profile),
        )
    both = torch.cat([affinity, affinity.mT], dim=-1)
    kernel = _mean_kernel(both, z, known | known_target, profile=profile)
    return kernel, kernel


def _mean_kernel(of_profile: Tensor, z: Tensor, known: Tensor, *, profile: bool) -> Tensor:
    features = [of_profile] if profile else []
    if z.shape[-1]:
        features.append(z)
    return torch.stack([rbf_kernel(each, known) for each in features]).mean(0)
