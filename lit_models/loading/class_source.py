"""Where a class was written: a file, or the cell of a notebook."""

import sys
from types import FunctionType


def source_file(cls: type) -> str:
    """The file that a class was written in.

    Args:
        cls: the class.

    Returns:
        Its path; for a class from a notebook the name that IPython gives to its cell, which
        :mod:`linecache` knows the text of.

    Raises:
        OSError: if neither is known.
    """
    module = sys.modules[cls.__module__]
    if getattr(module, "__file__", None):
        return str(module.__file__)
    for value in vars(cls).values():
        if isinstance(value, FunctionType):
            return value.__code__.co_filename
    raise OSError(f"it is not known where {cls.__qualname__} was written")
