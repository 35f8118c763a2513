"""A committed dataset: which matrices and labels it offers, and reading one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from datamodules.affinity_table import AffinityTable, Label
from datamodules.errors import unknown_name
from datamodules.matrix_types import FloatMatrix
from datamodules.measured_embeddings import read_similarities, read_vectors
from datamodules.replicates import Replicates

TABLES = Path(__file__).parent

# What a dataset's tasks are about, in the order in which lists group them.
Field = Literal["vision", "driving", "language", "medicine", "chemistry", "time", "model zoo"]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset whose figures are committed; the card beside them, ``README.md``, says what they are.

    Attributes:
        name: what users call it; its folder has underscores for dashes.
        field: what its tasks are about; lists of datasets are grouped by it.
        regimes: its matrices, the headline one first.
        labels: its figures by name, the headline one first.
        pair_columns: pair features among the columns of ``transfers.csv``, by name; those of ``pairs.csv``
            (source, target, numeric columns) need no mention.
        pseudo_sources: rows or columns of the table that are not tasks.
        retests: those of its regimes that measure one and the same matrix, with other images or fewer.
        contains: by regime, those whose measurements are among its own: with one of the two hidden, the other
            tells it.
    """

    name: str
    field: Field
    regimes: tuple[str, ...]
    labels: Mapping[str, Label]
    pair_columns: Mapping[str, Label] = dataclass_field(default_factory=lambda: MappingProxyType({}))
    pseudo_sources: tuple[str, ...] = ()
    retests: tuple[str, ...] = ()
    contains: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=lambda: MappingProxyType({}))

    @property
    def folder(self) -> Path:
        """Where its figures and its card are."""
        return TABLES / self.name.replace("-", "_")

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix.

        Rows and columns are joined by task name, in the order of ``tasks.csv``. Transfers from several
        sources at once stay in the file and out of the matrix.

        Args:
            regime: one of ``regimes``; the headline one when omitted.
            label: one of ``labels``; the headline one when omitted.

        Returns:
            The table over those tasks that the regime has as a source or a target.

        Raises:
            UserError: for an unknown regime or label.
        """
        regime = self.regimes[0] if regime is None else regime
        label = next(iter(self.labels)) if label is None else label
        if label not in self.labels:
            raise unknown_name("label", label, self.labels)
        if regime not in self.regimes:
            raise unknown_name("regime", regime, self.regimes)
        transfers = pd.read_csv(self.folder / "transfers.csv")
        transfers = transfers[transfers.regime == regime]
        single = transfers[
            ~transfers.sources.str.contains(";", regex=False)
            & ~transfers.sources.isin(self.pseudo_sources)
            & ~transfers.target.isin(self.pseudo_sources)
        ]
        tasks = pd.read_csv(self.folder / "tasks.csv", keep_default_na=False)
        tasks = tasks[tasks.name.isin({*single.sources, *single.target})]
        names = tasks.name.tolist()

        def matrix(figure: Label) -> FloatMatrix:
            figures = single.pivot(index="sources", columns="target", values=figure.column)
            square = figures.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
            return np.where(np.eye(len(names), dtype=bool), np.nan, figure.transform(square))

        chosen = self.labels[label]
        value = matrix(chosen)
        runs = [matrix(replace(chosen, column=column)) for column in chosen.runs]
        return AffinityTable(
            name=self.name,
            regime=regime,
            label=label,
            unit=chosen.unit,
            task_names=tuple(names),
            value=value,
            eligible=np.isfinite(value),
            groups=tuple(tasks.group),
            kinds=tuple(tasks.kind),
            vectors=self._text(names) | read_vectors(self.folder, names),
            similarities=read_similarities(self.folder, names),
            pairs={name: matrix(column) for name, column in self.pair_columns.items()} | self._pairs(names),
            replicates=Replicates.of_runs(np.stack(runs)) if runs else None,
        )

    def _pairs(self, names: list[str]) -> dict[str, FloatMatrix]:
        """Pair features of ``pairs.csv``: [N, N] each, NaN where the file has no row."""
        path = self.folder / "pairs.csv"
        if not path.is_file():
            return {}
        rows = pd.read_csv(path)
        return {
            name: rows.pivot(index="source", columns="target", values=name)
            .reindex(index=names, columns=names)
            .to_numpy(dtype=np.float64)
            for name in rows.columns.drop(["source", "target"])
        }

    def _text(self, names: list[str]) -> dict[str, FloatMatrix]:
        """Committed vectors of the tasks' descriptions."""
        path = self.folder / "text.npz"
        if not path.is_file():
            return {}
        with np.load(path, allow_pickle=False) as file:
            row = {name: i for i, name in enumerate(file["name"].tolist())}
            return {"text": file["vector"][[row[name] for name in names]].astype(np.float64)}
