"""A hash of the code that decides the result of a strategy in a planning track."""

from lit_models.loading.source_hash import code_hash
from recovery.strategies.base import PlanStrategy
from recovery.tracks.campaign import replay, scores


def campaign_hash(kind: type[PlanStrategy]) -> str:
    """SHA-256 of a strategy and of what every campaign uses; not of the other strategies.

    Args:
        kind: its class.

    Returns:
        The hash in hexadecimal.
    """
    own = kind.__module__
    return code_hash([own, replay.__name__, scores.__name__], inside=["recovery", own.partition(".")[0]])
