"""A pool of single-threaded worker processes, which never outlive the process that started them."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import torch
from joblib import cpu_count


def available_cores() -> int:
    """How many cores this process may use: a container or a batch job may have fewer than the machine."""
    return int(cpu_count())


@contextmanager
def worker_pool(workers: int | None = None) -> Iterator[ProcessPoolExecutor]:
    """Start worker processes with one torch thread each; on exit or error, pending work is cancelled.

    Args:
        workers: number of processes; one per core if omitted.

    Yields:
        The pool.
    """
    pool = ProcessPoolExecutor(
        workers or available_cores(),
        mp_context=multiprocessing.get_context("spawn"),  # a fork would inherit the state of torch's threads
        initializer=become_worker,
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def become_worker() -> None:
    """Make this process a worker: torch on one thread, and an end as soon as the parent ends."""
    torch.set_num_threads(1)
    # A killed parent does not shut down its pool, and Lightning handles SIGTERM itself.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
