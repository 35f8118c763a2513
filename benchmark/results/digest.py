"""A result file's digest, which reveals changes made after writing."""

import hashlib

from pydantic import BaseModel


def digest_of(result: BaseModel, *, scores: bytes | None) -> str:
    """Hash a result and the scores beside it.

    The digest protects against accidents, not against intent: whoever changes a file can update it. Therefore
    ``affinity-bench verify`` recomputes the metrics.

    Args:
        result: the result; ``timing``, which differs between runs, and ``digest`` are excluded.
        scores: content of ``<model>.scores.parquet``; None if there is none.

    Returns:
        SHA-256 in hexadecimal.
    """
    left_out = {"timing", "digest"}
    if getattr(result, "confirmation", None) is None:  # as in results from before there was this field
        left_out.add("confirmation")
    digest = hashlib.sha256(result.model_dump_json(exclude=left_out).encode())
    digest.update(scores or b"")
    return digest.hexdigest()
