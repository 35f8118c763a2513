"""Noticing draws from generators that everything in a process shares: torch's, numpy's and Python's own.

A result that depends on them depends on whatever else draws from them: on which other splits are in the
batch, and on the number of processes. :mod:`lit_models.noise` is the way without.
"""

import random
from typing import Any

import numpy as np
import torch


def generator_states() -> list[Any]:
    """States of the shared generators, for :func:`have_moved`; of CUDA's too where it is in use."""
    in_use = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]  # torch's own has no types
    on_cuda = torch.cuda.get_rng_state_all() if in_use else []
    _, words, place, *_ = np.random.get_state(legacy=True)
    return [random.getstate(), (words, place), torch.get_rng_state(), *on_cuda]


def have_moved(before: list[Any], after: list[Any]) -> bool:
    """Whether anything was drawn, or seeded, between two calls of :func:`generator_states`.

    >>> before = generator_states()
    >>> have_moved(before, generator_states())
    False
    >>> _ = torch.rand(1)
    >>> have_moved(before, generator_states())
    True
    """
    return any(not _equal(one, other) for one, other in zip(before, after, strict=False))


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    # numpy's: the words, and the place among them
    if isinstance(one[0], np.ndarray):
        return bool(np.array_equal(one[0], other[0])) and one[1] == other[1]
    return bool(one == other)
