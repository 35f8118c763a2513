"""Published matrices, each read once: many boards and figures rest on the same one."""

from functools import cache

from benchmark.results.schema import Result
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.registry import DATASETS


@cache
def published_table(dataset: str, regime: str, label: str) -> AffinityTable:
    """Read a matrix of a published dataset.

    Args:
        dataset: a key of ``DATASETS``.
        regime: one of its regimes.
        label: one of its labels.

    Returns:
        The table, which all callers share.

    Raises:
        UserError: for a regime or label that this version does not have.
    """
    return DATASETS[dataset].read(regime=regime, label=label)


def is_on_published(result: Result) -> bool:
    """Whether a result is of a published matrix as it is here, not of one that only bears its name."""
    place = result.place
    if place.dataset not in DATASETS:
        return False
    try:
        table = published_table(place.dataset, place.regime, place.label)
    except UserError:
        return False
    return table.hash == result.data.dataset_hash
