"""Talking between the processes of one run."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch.distributed as dist
from lightning_utilities.core.rank_zero import rank_zero_only

T = TypeVar("T")


class LostProcessError(RuntimeError):
    """A process of this run has failed alone or does not answer: what the others compute is worth nothing."""


def gather(own: T) -> list[T]:
    """Everybody's value, on every process.

    Args:
        own: this process's value; anything that can be pickled.

    Returns:
        One value a process, in order of rank; just the own one outside a process group.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return [own]
    values: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(values, own)
    return values


def from_rank_zero(make: Callable[[], T]) -> T:
    """A value that rank zero alone makes: a folder may look different to each, or change meanwhile.

    Args:
        make: called on rank zero, or outside a process group.

    Returns:
        What it gave, on every process.

    Raises:
        LostProcessError: if rank zero, or on it another process, does not answer.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return make()
    values: list[Any] = [make() if is_rank_zero() else None]
    try:
        dist.broadcast_object_list(values, src=0)
    except RuntimeError as error:
        raise LostProcessError(f"a process does not answer: {error}") from error
    value: T = values[0]
    return value


def is_rank_zero() -> bool:
    """Whether this process is the one that writes and prints.

    Returns:
        True outside a process group and on global rank zero.
    """
    return getattr(rank_zero_only, "rank", 0) == 0


def leave() -> None:
    """Take leave of the other processes, without which an exit may hang or abort."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
