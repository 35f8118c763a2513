"""The tables of `affinity-bench data`: all datasets, or one of them."""

from collections.abc import Iterable, Sequence

import yaml

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


def details(source: Source) -> FittingTable:
    """The tasks of a dataset's headline matrix.

    Args:
        source: a dataset, or a user's own matrix.

    Returns:
        A table to print with rich, one row per task, with its number of transfers as source and as target.
    """
    matrix = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    given, taken = (matrix.eligible.sum(axis).tolist() for axis in (1, 0))
    rows = zip(matrix.task_names, matrix.groups, matrix.kinds, given, taken, strict=True)
    return FittingTable(
        title=f"{source.name} {matrix.regime}, {matrix.label}: {matrix.unit}",
        columns=[
            TableColumn(heading="task", is_number=False),
            TableColumn(heading="group", is_number=False, goes=2),
            TableColumn(heading="kind", is_number=False, goes=1),
            TableColumn(heading="as source"),
            TableColumn(heading="as target"),
        ],
        rows=[[str(cell) if cell != "" else "–" for cell in row] for row in rows],
    )


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
