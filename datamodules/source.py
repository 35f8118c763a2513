"""Reading a table of transfers into the one form that everything else works on."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.errors import unknown_name
from datamodules.folds import BoolMatrix

TABLES = Path(__file__).parent / "tables"

FloatMatrix = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Label:
    """A figure of a table, made comparable: higher is better.

    Attributes:
        column: the column of ``transfers.csv`` that holds it.
        unit: what the number is, in words.
        transform: element-wise map from the published figure to the affinity; NaN stays NaN.
    """

    column: str
    unit: str
    transform: Callable[[FloatMatrix], FloatMatrix] = field(default=lambda figures: figures)


@dataclass(frozen=True, kw_only=True, eq=False)
class AffinityTable:
    """A measured affinity matrix over N tasks, source × target (row = source, column = target).

    Attributes:
        name: the dataset's name.
        regime: which of the dataset's matrices this is.
        label: which of its figures.
        unit: the affinity's unit, in words.
        task_names: N unique names; name i is row i and column i.
        value: [N, N] float64, higher is better; NaN where not eligible.
        eligible: [N, N] bool, transfers that exist: never the diagonal, only real source × target roles.
        groups: N published groups; "" = none.
        kinds: N output kinds; "" = none.
        features: [N, F] float64, numeric columns of the tasks as they stand in their file; None = none.
        feature_names: F names.
        similarity: [N, N] float64, symmetric, how alike the tasks' trained prompts are; NaN where unknown;
            None = none.
        proxies: by name, [N, N] float64 figures of the transfers that are known without measuring them, such
            as LEEP; higher is better; NaN where unknown.
    """

    name: str
    regime: str
    label: str
    unit: str
    task_names: tuple[str, ...]
    value: FloatMatrix
    eligible: BoolMatrix
    groups: tuple[str, ...]
    kinds: tuple[str, ...]
    features: FloatMatrix | None = None
    feature_names: tuple[str, ...] = ()
    similarity: FloatMatrix | None = None
    proxies: dict[str, FloatMatrix] = field(default_factory=dict)

    @classmethod
    def from_csv(
        cls, path: str | Path, *, lower_is_better: bool = False, tasks: str | Path | None = None
    ) -> Self:
        """Read a matrix of one's own.

        Args:
            path: CSV or Parquet, wide or long; see :func:`datamodules.user_table.read_user_table`.
            lower_is_better: the values are errors or losses; they are negated.
            tasks: names, groups and numbers of the tasks.

        Returns:
            The table.

        Raises:
            UserError: for every mistake in the files.
        """
        from datamodules.user_table import read_user_table  # it builds on this module

        table = read_user_table(
            Path(path), lower_is_better=lower_is_better, tasks=Path(tasks) if tasks else None
        )
        return cast(Self, table)

    @property
    def hash(self) -> str:
        """SHA-256 over names, roles, metadata and every digit of every eligible affinity and proxy."""
        digest = hashlib.sha256()
        for words in ((self.name, self.regime, self.label), self.task_names, self.groups, self.kinds):
            digest.update(repr(words).encode())
        digest.update(np.packbits(self.eligible).tobytes())
        digest.update(self.value[self.eligible].astype("<f8").tobytes())
        if self.features is not None:
            digest.update(repr(self.feature_names).encode())
            digest.update(self.features.astype("<f8").tobytes())
        if self.similarity is not None:
            digest.update(self.similarity.astype("<f8").tobytes())
        for name in sorted(self.proxies):
            digest.update(repr(name).encode())
            digest.update(self.proxies[name][self.eligible].astype("<f8").tobytes())
        return digest.hexdigest()


def read_table(
    name: str,
    *,
    regime: str,
    label: str,
    labels: dict[str, Label],
    pseudo_sources: Sequence[str] = (),
    proxies: Mapping[str, Label] = MappingProxyType({}),
) -> AffinityTable:
    """Read one matrix of a committed dataset.

    Rows and columns are joined by task name, in the order of ``tasks.csv``. Transfers from several sources
    at once stay in the file and out of the matrix.

    Args:
        name: folder under ``datamodules/tables``.
        regime: value of the column ``regime``.
        label: key of ``labels``.
        labels: the figures that the dataset offers.
        pseudo_sources: names that are not tasks; their transfers are left out.
        proxies: its figures that are known without measuring a transfer.

    Returns:
        The table over those tasks that the regime has as a source or a target.

    Raises:
        UserError: for an unknown regime or label.
    """
    if label not in labels:
        raise unknown_name("label", label, labels)
    transfers = pd.read_csv(TABLES / name / "transfers.csv")
    if regime not in set(transfers.regime):
        raise unknown_name("regime", regime, set(transfers.regime))
    pseudo = list(pseudo_sources)
    single = transfers[
        (transfers.regime == regime)
        & ~transfers.sources.str.contains(";", regex=False)
        & ~transfers.sources.isin(pseudo)
        & ~transfers.target.isin(pseudo)
    ]
    tasks = pd.read_csv(TABLES / name / "tasks.csv", keep_default_na=False)
    tasks = tasks[tasks.name.isin(single.sources) | tasks.name.isin(single.target)]
    names = tasks.name.tolist()

    def matrix(figure: Label) -> FloatMatrix:
        figures = single.pivot(index="sources", columns="target", values=figure.column)
        square = figures.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
        return np.where(np.eye(len(names), dtype=bool), np.nan, figure.transform(square))

    value = matrix(labels[label])
    return AffinityTable(
        name=name,
        regime=regime,
        label=label,
        unit=labels[label].unit,
        task_names=tuple(names),
        value=value,
        eligible=np.isfinite(value),
        groups=tuple(tasks.group),
        kinds=tuple(tasks.kind),
        proxies={proxy: matrix(figure) for proxy, figure in proxies.items()},
    )
