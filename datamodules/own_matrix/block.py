"""What a user's file holds once its cells are parsed: measured transfers from sources to targets."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datamodules.matrix_types import FloatMatrix
from datamodules.own_matrix.cells import MINUS_SIGN, FileCell, refusal, shown, some
from datamodules.replicates import Replicates

# The matrix is held as a square: this many tasks fill 800 MB.
MAX_TASKS = 10_000


@dataclass(frozen=True, eq=False)
class Block:
    """The measured transfers from S sources to T targets; a name may be on both sides.

    Attributes:
        sources: S unique names, in the order of first appearance.
        targets: T unique names, in the order of first appearance.
        value: [S, T] float64 as they stand in the file, the mean over seeds where there are any; NaN where
            not measured.
        replicates: measurements behind each value, [S, T], without the single runs; None where the file has
            no column that tells runs apart.
        remarks: what a reader should know about how the cells were read.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    value: FloatMatrix
    replicates: Replicates | None = None
    remarks: tuple[str, ...] = ()


def remarks_on(
    *, names: Iterable[FileCell], unmeasured: Iterable[FileCell], figures: Iterable[FileCell]
) -> tuple[str, ...]:
    """What was taken to mean something other than what is written.

    Args:
        names: cells with names.
        unmeasured: cells that were read as not measured.
        figures: cells that were read as numbers.

    Returns:
        One remark for each kind.

    >>> remarks_on(names=["a", " b"], unmeasured=["", "NA", "NA"], figures=["−1"])[:2]
    ("white space around 1 name is left out: ' b'", "read as not measured: 'NA' (2 cells)")
    """
    spaced = list(dict.fromkeys(name for name in names if isinstance(name, str) and name != name.strip()))
    words = Counter(cell.strip() for cell in unmeasured if isinstance(cell, str) and cell.strip())
    remarks = []
    if spaced:
        count = f"{len(spaced)} name{'s' * (len(spaced) > 1)}"
        remarks.append(f"white space around {count} is left out: {some(spaced)}")
    if words:
        counted = (f"{shown(word)} ({n} cell{'s' * (n > 1)})" for word, n in words.most_common())
        remarks.append(f"read as not measured: {', '.join(counted)}")
    if any(isinstance(cell, str) and MINUS_SIGN in cell for cell in figures):
        remarks.append("the minus sign U+2212 is read as a minus")
    return tuple(remarks)


def check_count(path: Path, sources: Sequence[str], targets: Sequence[str]) -> None:
    """Refuse more tasks than fit in memory as a square.

    Args:
        path: the file.
        sources: names of the sources.
        targets: names of the targets.

    Raises:
        UserError: for more than :data:`MAX_TASKS`.
    """
    tasks = len({*sources, *targets})
    if tasks > MAX_TASKS:
        raise refusal(
            path,
            f"there are {tasks:,} tasks, and the limit is {MAX_TASKS:,}",
            fix="Check that sources and targets are tasks, or bring fewer.",
        )
