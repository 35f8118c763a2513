"""Communication between the processes of a distributed run."""

from collections.abc import Callable
from typing import Any, TypeVar

import torch.distributed as dist
from lightning_utilities.core.rank_zero import rank_zero_only

T = TypeVar("T")


class LostProcessError(RuntimeError):
    """A process of this run failed alone or does not respond, so that the others cannot continue."""


def gather(own: T) -> list[T]:
    """Gather a value from every process, on every process.

    Args:
        own: this process's value; must be picklable.

    Returns:
        One value per process, in order of rank; only ``own`` outside a process group.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return [own]
    values: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(values, own)
    return values


def rank_and_world() -> tuple[int, int]:
    """This process's rank and the number of processes; (0, 1) outside a process group."""
    if not (dist.is_available() and dist.is_initialized()):
        return 0, 1
    return dist.get_rank(), dist.get_world_size()


def from_rank_zero(make: Callable[[], T]) -> T:
    """Compute a value on rank zero and broadcast it, so that all processes see the same state of a folder.

    Args:
        make: called on rank zero, or outside a process group.

    Returns:
        Its return value, on every process.

    Raises:
        LostProcessError: if another process does not respond.
    """
    if not (dist.is_available() and dist.is_initialized()):
        return make()
    values: list[Any] = [make() if is_rank_zero() else None]
    try:
        dist.broadcast_object_list(values, src=0)
    except RuntimeError as error:
        raise LostProcessError(f"a process does not respond: {error}") from error
    value: T = values[0]
    return value


def is_rank_zero() -> bool:
    """Whether this process writes and prints.

    Returns:
        True outside a process group and on global rank zero.
    """
    return getattr(rank_zero_only, "rank", 0) == 0


def leave() -> None:
    """Leave the process group, without which an exit may hang or abort."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()
