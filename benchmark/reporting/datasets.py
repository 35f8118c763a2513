"""The tables of `affinity-bench data`: all datasets, or one of them."""

from collections.abc import Iterable, Sequence

import yaml
from rich import box
from rich.table import Table

from benchmark.reporting.fitting_table import FittingTable, TableColumn
from datamodules.affinity_table import AffinityTable
from datamodules.registry import DATASETS, Source
from datamodules.summary import summarise_table

# Headings, and at which place a column goes where the terminal is narrow.
WORDS = {"dataset": None, "regime": None, "label": 5}
FIGURES = {
    "tasks": None,
    "sources ×\ntargets": None,
    "eligible": 6,
    "measured": 4,
    "ties": 2,
    "asymmetry\nr(ij, ji)": 1,
    "scorable\n1/3 1/2 2/3": 3,
}


def overview(sources: Sequence[Source]) -> FittingTable:
    """Overview of datasets, one row per dataset with the figures of its headline matrix.

    Args:
        sources: datasets, or users' own matrices.

    Returns:
        A table to print with rich.
    """
    return _table((source, source.regimes[0], next(iter(source.labels))) for source in sources)


def every_matrix(source: Source) -> FittingTable:
    """All matrices of one dataset, one row per regime and label.

    Args:
        source: a dataset, or a user's own matrix.

    Returns:
        A table to print with rich.
    """
    return _table((source, regime, label) for regime in source.regimes for label in source.labels)


def _table(matrices: Iterable[tuple[Source, str, str]]) -> FittingTable:
    return FittingTable(
        columns=[
            *(TableColumn(heading=name, is_number=False, goes=goes) for name, goes in WORDS.items()),
            *(TableColumn(heading=name, goes=goes) for name, goes in FIGURES.items()),
            TableColumn(heading="licence", is_number=False),
        ],
        rows=[
            (
                source.name,
                regime,
                label,
                *_figures(source.read(regime=regime, label=label)),
                licence(source.name),
            )
            for source, regime, label in matrices
        ],
    )


def details(source: Source) -> Table:
    """The tasks of a dataset's headline matrix.

    Args:
        source: a dataset, or a user's own matrix.

    Returns:
        A rich table, one row per task, with its number of transfers as source and as target.
    """
    matrix = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    table = Table(
        title=f"{source.name} {matrix.regime}, {matrix.label}: {matrix.unit}",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("task", "group", "kind"):
        table.add_column(heading)
    for heading in ("as source", "as target"):
        table.add_column(heading, justify="right")
    rows = zip(matrix.task_names, matrix.groups, matrix.kinds, strict=True)
    for words, given, taken in zip(rows, matrix.eligible.sum(1), matrix.eligible.sum(0), strict=True):
        table.add_row(*(word or "–" for word in words), str(given), str(taken))
    return table


def licence(dataset: str) -> str:
    """Licence on a committed dataset's card, or that none is stated; "–" for a user's own matrix."""
    if dataset not in DATASETS:
        return "–"
    front_matter = (DATASETS[dataset].folder / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    meta = yaml.safe_load(front_matter)
    return str(meta.get("license_name", meta["license"])).upper()


def _figures(matrix: AffinityTable) -> list[str]:
    summary = summarise_table(matrix)
    return [
        str(summary.tasks),
        f"{summary.sources} × {summary.targets}",
        str(summary.eligible),
        f"{summary.measured_share:.1%}",
        f"{summary.tied_share:.1%}",
        f"{summary.asymmetry:.2f}",
        " ".join(f"{count:3d}" for count in summary.scorable.values()),
    ]
