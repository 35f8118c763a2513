"""Datasets by name, and a matrix of one's own by its path."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Protocol

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.own_matrix.reading import HowToRead
from datamodules.own_matrix.source import OwnMatrix
from datamodules.tables.cogtaskonomy import COGTASKONOMY
from datamodules.tables.dataset import Dataset
from datamodules.tables.langrank_dep import LANGRANK_DEP
from datamodules.tables.langrank_mt import LANGRANK_MT
from datamodules.tables.medmnist import MEDMNIST
from datamodules.tables.mimic_cotraining import MIMIC_COTRAINING
from datamodules.tables.mini_driving import MINI_DRIVING
from datamodules.tables.mini_vision import MINI_VISION
from datamodules.tables.model_recycling import MODEL_RECYCLING
from datamodules.tables.prompt_transfer import PROMPT_TRANSFER
from datamodules.tables.qm9_properties import QM9_PROPERTIES
from datamodules.tables.tagging_cotraining import TAGGING_COTRAINING
from datamodules.tables.taskonomy import TASKONOMY
from datamodules.tables.taskweb import TASKWEB
from datamodules.tables.time_transfer import TIME_TRANSFER

MAX_NAME = 200  # of what results name
# In the order in which boards and lists show them: by field.
DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        TASKONOMY,
        MINI_VISION,
        MINI_DRIVING,
        PROMPT_TRANSFER,
        COGTASKONOMY,
        TASKWEB,
        LANGRANK_DEP,
        LANGRANK_MT,
        TAGGING_COTRAINING,
        MEDMNIST,
        MIMIC_COTRAINING,
        QM9_PROPERTIES,
        TIME_TRANSFER,
        MODEL_RECYCLING,
    )
}


def dataset_names() -> list[str]:
    """Names of the public datasets, in the order in which boards show them.

    >>> dataset_names()[0]
    'taskonomy'
    """
    return list(DATASETS)


class Source(Protocol):
    """Where tables come from: a dataset, or a matrix of one's own."""

    @property
    def name(self) -> str:
        """The dataset's name."""
        ...

    @property
    def regimes(self) -> tuple[str, ...]:
        """Its matrices, the headline one first."""
        ...

    @property
    def labels(self) -> Iterable[str]:
        """Its figures, the headline one first."""
        ...

    def read(self, *, regime: str | None = None, label: str | None = None) -> AffinityTable:
        """Read one matrix by regime and label, the headline ones when omitted."""
        ...


def source_of_file(name: str, own: Source | None = None) -> Source | None:
    """The source that a file names: never a path or an address, which a file could make this machine open.

    Args:
        name: as the file says it.
        own: a matrix that the user has given.

    Returns:
        That matrix, or a published dataset; None for any other name.
    """
    return own if own and own.name == name else DATASETS.get(name)


def find_source(
    name: str,
    *,
    lower_is_better: bool = False,
    tasks: Path | None = None,
    pairs: Path | None = None,
    columns: str = "",
    transpose: bool = False,
) -> Source:
    """Look a dataset up, or take the path of a matrix.

    Args:
        name: key of ``DATASETS``, or a location as in :class:`OwnMatrix`: it has a folder or an ending in it.
        lower_is_better: for a matrix of one's own, as the arguments below; see
            :class:`datamodules.own_matrix.reading.HowToRead`.
        tasks: file with groups, kinds and numbers of its tasks.
        pairs: file with features of its pairs of tasks.
        columns: the columns of a long table under other names.
        transpose: the rows of a wide table are targets.

    Returns:
        Where to read tables from.

    Raises:
        UserError: for an unknown name, or options that a published dataset does not take.
    """
    how = HowToRead(
        lower_is_better=lower_is_better, tasks=tasks, pairs=pairs, columns=columns, transpose=transpose
    )
    path = Path(name)
    if name not in DATASETS and (path.suffix or len(path.parts) > 1 or path.is_dir()):
        own = OwnMatrix(location=str(path.expanduser()) if name.startswith("~") else name, how=how)
        problem = _problem(own.name)
        if problem:
            raise UserError(
                f"{name!r}: boards and folders of results call a matrix by the name of its file, and "
                f"{own.name!r} is {problem}: rename the file"
            )
        return own
    if name not in DATASETS:
        raise unknown_name("dataset", name, DATASETS)
    given = [each.name for each in fields(how) if getattr(how, each.name)]
    if given:
        raise UserError(
            f"{' and '.join(given)} are for a matrix of your own, and '{name}' is a published dataset: leave "
            "them out"
        )
    return DATASETS[name]


def _problem(name: str) -> str | None:
    """Why a matrix cannot be called like this; ``..`` would put its results outside of their folder."""
    if name in DATASETS:
        return "a published dataset"
    if not name.isprintable():
        return "not printable"
    if not name.strip(". "):
        return "no name"
    return "too long" if len(name) > MAX_NAME else None
