"""``affinity-bench data``: list the datasets."""

from benchmark.reporting.console import make_console, say
from benchmark.reporting.datasets import details, every_matrix, overview
from datamodules.own_matrix.source import OwnMatrix
from datamodules.registry import DATASETS, find_source


def data(name: str = "", /, *, columns: str = "", transpose: bool = False) -> int:
    """List the datasets with their size, measured share, ties and licence, or all matrices of one of them.

    Args:
        name: name of a dataset, or path of your own matrix; lists all datasets if omitted.
        columns: for your own matrix, see `affinity-bench run`.
        transpose: for your own matrix: the rows are targets.

    Returns:
        Exit code 0.
    """
    console = make_console()
    if not name:
        console.print(overview(list(DATASETS.values())))
        return 0
    source = find_source(name, columns=columns, transpose=transpose)
    if isinstance(source, OwnMatrix):
        for remark in source.remarks:
            say(console, f"{source.name}: {remark}")
    console.print(every_matrix(source))
    console.print(details(source))
    return 0
