"""Task sets of a published dataset."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from datamodules.errors import unknown_name
from datamodules.registry import DATASETS
from datamodules.sets.task_sets import TaskSets, make_sets


class _Published(NamedTuple):
    """What is used of a dataset's sets.

    Attributes:
        file: its name in the dataset's folder.
        most_sources: larger sets are left out; None for no limit.
        together: whether the tasks of a set are trained in one run, which measures all of them.
    """

    file: str
    most_sources: int | None
    together: bool


PUBLISHED = {
    # Larger sets are one nested chain per target: they tell how many sources are enough, not which.
    "taskonomy": _Published("sets.csv", most_sources=4, together=False),
    "mimic-cotraining": _Published("sets.csv.gz", most_sources=None, together=True),
}


def published_sets(
    name: str, *, regime: str | None = None, label: str | None = None, chains: bool = False
) -> TaskSets:
    """Read the sets of a published dataset.

    Sets with a source or target that the matrix does not have, or without a figure, are left out.

    Args:
        name: a key of ``PUBLISHED``.
        regime: as for the dataset; the headline one if omitted.
        label: as for the dataset; the headline one if omitted.
        chains: read the sets that are too large to be asked about, too.

    Returns:
        The sets, in the order of the file.

    Raises:
        UserError: for a dataset without sets, or an unknown regime or label.
    """
    if name not in PUBLISHED:
        raise unknown_name("dataset with sets", name, PUBLISHED)
    dataset, published = DATASETS[name], PUBLISHED[name]
    table = dataset.read(regime=regime, label=label)
    rows = pd.read_csv(dataset.folder / published.file)
    rows = rows[rows.regime == table.regime]
    figure = dataset.labels[table.label]
    value = figure.transform(rows[figure.column].to_numpy(dtype=np.float64))
    sources = [words.split(";") for words in rows.sources]
    names = set(table.task_names)
    most = len(names) if chains or published.most_sources is None else published.most_sources
    kept = [
        row
        for row, (own, target, number) in enumerate(zip(sources, rows.target, value, strict=True))
        if names.issuperset([target, *own]) and len(own) <= most and np.isfinite(number)
    ]
    return make_sets(
        table,
        sources=[sources[row] for row in kept],
        target=rows.target.iloc[kept].tolist(),
        value=value[kept],
        together=published.together,
    )
