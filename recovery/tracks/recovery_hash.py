"""A hash of the code of this package that decides a track's results, by its meaning."""

from lit_models.loading.source_hash import code_hash


def recovery_hash(module: str) -> str:
    """SHA-256 of a module of this package and of all that it imports from it.

    Models have a hash of their own in a result (:mod:`lit_models.loading.source_hash`), and data too; how
    both count is the same: comments, docstrings and layout do not matter.

    Args:
        module: dotted name of the module that runs a track.

    Returns:
        The hash in hexadecimal.
    """
    return code_hash([module], inside=["recovery"])
