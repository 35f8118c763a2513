"""How a user's matrix is to be read, and what there is to say about how it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix
from datamodules.own_matrix.cells import some


@dataclass(frozen=True, kw_only=True)
class HowToRead:
    """How a user's files are to be read.

    Attributes:
        lower_is_better: the values are errors or losses; they are negated.
        tasks: a table with the column ``name``, optionally ``group``, ``kind`` and ``description`` (text),
            and any number of other columns, all numeric, which become task embeddings. Descriptions are
            embedded if the extra ``text`` is installed. ``task2vec.npz`` and ``representation.csv``, which
            ``affinity-bench measure`` writes, are read if they are beside it.
        pairs: a table with the columns ``source`` and ``target`` and numeric columns, which become pair
            features (see :func:`datamodules.own_matrix.pair_file.read_pairs`).
        columns: the columns of a long table under other names, see
            :meth:`datamodules.own_matrix.columns.LongColumns.of`; "" to recognise the form.
        transpose: the rows of a wide table are targets, its columns sources.
        may_be_blank: take a matrix with nothing measured, or too little to learn from, as well.
    """

    lower_is_better: bool = False
    tasks: Path | None = None
    pairs: Path | None = None
    columns: str = ""
    transpose: bool = False
    may_be_blank: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """A user's matrix, and what its owner should know about how it was read.

    Attributes:
        table: the matrix.
        remarks: the size first, then whatever was taken to mean something other than what is written.
    """

    table: AffinityTable
    remarks: tuple[str, ...]


def size_in_words(
    sources: Sequence[str], targets: Sequence[str], eligible: BoolMatrix, names: Sequence[str]
) -> str:
    """Size and measured share, and which tasks play only one role.

    Args:
        sources: names of the sources.
        targets: names of the targets.
        eligible: [N, N], what is measured off the diagonal.
        names: names of its N tasks.

    Returns:
        One line.

    >>> size_in_words(["a", "b"], ["b", "avg"], np.eye(3, k=1, dtype=bool), ["a", "b", "avg"])
    "2 sources × 2 targets, 2 of 3 measured; on one side only: 'a', 'avg'"
    """
    both = {*sources} & {*targets}
    possible = len(sources) * len(targets) - len(both)
    words = f"{len(sources)} sources × {len(targets)} targets, {int(eligible.sum())} of {possible} measured"
    one_sided = [name for name in dict.fromkeys((*sources, *targets)) if name not in both]
    if not both:
        words += "; no task is on both sides"
    elif one_sided:
        words += f"; on one side only: {some(one_sided)}"
    for preposition, role, axis in (("from", sources, 1), ("to", targets, 0)):
        measured = {names[int(i)] for i in np.flatnonzero(eligible.any(axis=axis))}
        empty = [name for name in role if name not in measured]
        if empty:
            words += f"; nothing measured {preposition} {some(empty)}"
    return words
