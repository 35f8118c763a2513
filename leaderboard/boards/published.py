"""Published matrices, each read once: many boards and figures rest on the same one."""

from functools import cache

from datamodules.affinity_table import AffinityTable
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
