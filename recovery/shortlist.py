"""The models that ``auto`` chooses from, by what is known of a matrix."""

from datamodules.affinity_table import AffinityTable
from recovery.candidates import SOURCE_MEAN

# By name, up to how many tasks they are tried on: beyond, they take minutes of a core.
MOST_TASKS = {
    SOURCE_MEAN: 10_000,
    "kernel-ridge": 10_000,
    "matrix-normal": 100,
    "prior-fitted": 200,
    "atlas": 40,
}
WITH_METADATA = ("kernel-ridge", "matrix-normal")
WITH_PAIRS = ("kernel-ridge", "prior-fitted")
# Take one pair feature, a cheaper measurement of the same transfers.
WITH_ONE_PAIR = {"kernel-ridge": "co-kriging", "prior-fitted": "prior-fitted-cheap"}


def shortlist(table: AffinityTable) -> list[str]:
    """The models that ``auto`` chooses from, cheap ones first.

    Args:
        table: the matrix; one with metadata or pair features adds variants that see them, and a large one
            leaves out what would take long.

    Returns:
        Names of models; the first is the source mean.
    """
    tasks = len(table.task_names)
    fitting = [name for name, most in MOST_TASKS.items() if tasks <= most]
    has_metadata = table.features is not None or any(table.groups) or any(table.kinds)
    names = []
    for name in fitting:
        variants = [name, f"{name}+z"] if has_metadata and name in WITH_METADATA else [name]
        names += variants
        names += [f"{each}+pairs" for each in variants if table.pairs and name in WITH_PAIRS]
        if len(table.pairs) == 1 and name in WITH_ONE_PAIR:
            names.append(WITH_ONE_PAIR[name])
    return names
