"""A measured affinity matrix, the one form that everything else works on."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from datamodules.matrix_types import BoolMatrix, FloatMatrix
from datamodules.replicates import Replicates


@dataclass(frozen=True, kw_only=True)
class Label:
    """A figure of a table, made comparable: higher is better.

    Attributes:
        column: the column of ``transfers.csv`` that holds it.
        unit: what the number is, in words.
        transform: element-wise map from the published figure to the affinity; NaN stays NaN.
        runs: the columns that hold its single measurements, where ``column`` is their mean.
    """

    column: str
    unit: str
    transform: Callable[[FloatMatrix], FloatMatrix] = field(default=lambda figures: figures)
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
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
        vectors: by kind (``text``, ``task2vec``), [N, D] float64, a vector of each task.
        similarities: by kind (``prompt``, ``representation``), [N, N] float64, symmetric, how alike two tasks
            are; NaN where unknown.
        pairs: pair features by name, [N, N] float64: what is known of a transfer without measuring it, such
            as LEEP or the distance of two languages; NaN where unknown.
        replicates: what repeated measurements say about the noise of ``value``; None = there are none. Not
            part of ``hash``: no model sees them.
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
    vectors: dict[str, FloatMatrix] = field(default_factory=dict)
    similarities: dict[str, FloatMatrix] = field(default_factory=dict)
    pairs: dict[str, FloatMatrix] = field(default_factory=dict)
    replicates: Replicates | None = None

    def __repr__(self) -> str:
        return (
            f"AffinityTable({self.name} {self.regime} {self.label}: {len(self.task_names)} tasks, "
            f"{int(self.eligible.sum())} measured transfers)"
        )

    def to_frame(self) -> pd.DataFrame:
        """The matrix as a data frame.

        Returns:
            [N, N] float64: sources as the index, targets as the columns; NaN where not eligible.
        """
        return pd.DataFrame(
            self.value,
            index=pd.Index(self.task_names, name="source"),
            columns=pd.Index(self.task_names, name="target"),
        )

    @property
    def hash(self) -> str:
        """SHA-256 over names, roles, metadata and every digit known of tasks and eligible pairs."""
        digest = hashlib.sha256()
        for words in ((self.name, self.regime, self.label), self.task_names, self.groups, self.kinds):
            digest.update(repr(words).encode())
        digest.update(np.packbits(self.eligible).tobytes())
        digest.update(self.value[self.eligible].astype("<f8").tobytes())
        if self.features is not None:
            digest.update(repr(self.feature_names).encode())
            digest.update(self.features.astype("<f8").tobytes())
        for of_tasks in (self.vectors, self.similarities):
            for name in sorted(of_tasks):
                digest.update(repr(name).encode())
                digest.update(of_tasks[name].astype("<f8").tobytes())
        for name in sorted(self.pairs):
            digest.update(repr(name).encode())
            digest.update(self.pairs[name][self.eligible].astype("<f8").tobytes())
        return digest.hexdigest()
