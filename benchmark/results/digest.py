"""A result file's digest: a file that was changed after it was written says so itself."""

import hashlib

from pydantic import BaseModel


def digest_of(result: BaseModel, *, scores: bytes | None) -> str:
    """Hash of all that a result says, and of the scores beside it.

    It guards against slips, not against malice: whoever changes a file can hash it anew. That is what
    ``affinity-bench verify`` recomputes the metrics for.

    Args:
        result: the result; its ``timing``, which differs from run to run, and ``digest`` do not count.
        scores: content of ``<model>.scores.parquet``; None where there is none.

    Returns:
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256(result.model_dump_json(exclude={"timing", "digest"}).encode())
    digest.update(scores or b"")
    return digest.hexdigest()
