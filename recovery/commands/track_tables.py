"""The tables that a track is run on."""

from pathlib import Path

from benchmark.cli_arguments import listed
from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS, find_source
from datamodules.sparse.large_file import refuse_large_file

ALL = "all"


def track_tables(
    dataset: str,
    *,
    lower_is_better: bool,
    tasks: Path | None,
    pairs: Path | None,
    columns: str,
    transpose: bool,
) -> list[AffinityTable]:
    """Read the headline matrix of datasets, or matrices of one's own.

    Args:
        dataset: names and paths, separated by commas, or ``all`` for every dataset.
        lower_is_better: for matrices of one's own, as the arguments below; see
            :class:`datamodules.own_matrix.reading.HowToRead`.
        tasks: file with groups, kinds and numbers of their tasks.
        pairs: file with features of their pairs of tasks.
        columns: the columns of long tables under other names.
        transpose: the rows of wide tables are targets.

    Returns:
        The tables, in this order.

    Raises:
        UserError: for an unknown name, a mistake in a file, a table too large for a matrix, or options that a
            published dataset does not take.
    """
    names = list(DATASETS) if dataset == ALL else listed(dataset)
    for name in names:
        refuse_large_file(
            name, fix="tracks hide cells of whole matrices: write its wide form", columns=columns
        )
    sources = [
        find_source(
            name,
            lower_is_better=lower_is_better,
            tasks=tasks,
            pairs=pairs,
            columns=columns,
            transpose=transpose,
        )
        for name in names
    ]
    return [source.read() for source in sources]
