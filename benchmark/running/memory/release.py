"""Giving memory back between the parts of a cell."""

import ctypes
import gc
import os


def release_memory() -> None:
    """Free what only refers to itself, as a module and its trainer do, and return it to the system.

    Without it a part would begin while the last one is still held: Python collects cycles now and then, and
    the C library keeps what is freed for itself.
    """
    gc.collect()
    library = ctypes.CDLL(None) if os.name == "posix" else None
    trim = getattr(library, "malloc_trim", None)  # of glibc
    if trim is not None:
        trim(0)
