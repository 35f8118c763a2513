"""``affinity-bench data``: list the datasets."""

from benchmark.reporting.datasets import details, overview
from benchmark.reporting.terminal_boards import make_console
from datamodules.registry import DATASETS, find_source


def data(name: str = "", /) -> int:
    """List the datasets with their size, measured share, ties and licence, or show one of them.

    Args:
        name: name of a dataset, or path of your own matrix; lists all datasets if omitted.

    Returns:
        Exit code 0.
    """
    console = make_console()
    sources = [find_source(name)] if name else list(DATASETS.values())
    console.print(overview(sources))
    if name:
        console.print(details(sources[0]))
    return 0
