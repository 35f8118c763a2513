"""Giving memory back between the parts of a cell."""

import ctypes
import gc


def release_memory() -> None:
    """Free what only refers to itself, as a module and its trainer do, and return it to the system.

    Without it a part would begin while the last one is still held: Python collects cycles now and then, and
    the C library keeps what is freed for itself.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)
