"""Files of task embeddings that a measurement makes: Task2Vec vectors, and similarities of representations.

They stand beside a table of tasks: ``task2vec.npz`` with ``name`` [M] and ``vector`` [M, D], and
``representation.csv``, a square table with the tasks in its first column and in its header. Other tasks than
those of a matrix may be in them.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix

TASK2VEC = "task2vec.npz"
REPRESENTATION = "representation.csv"


def write_embeddings(folder: Path, names: Sequence[str], *, task2vec: FloatMatrix, cka: FloatMatrix) -> None:
    """Write both files.

    Args:
        folder: where to.
        names: N names.
        task2vec: [N, D], written as float16.
        cka: [N, N], symmetric, written with four decimals.
    """
    np.savez_compressed(
        folder / TASK2VEC, name=np.array(names, dtype=np.str_), vector=task2vec.astype(np.float16)
    )
    table = pd.DataFrame(cka, index=pd.Index(names, name="task"), columns=list(names))
    table.to_csv(folder / REPRESENTATION, float_format="%.4f")


def read_vectors(folder: Path, names: Sequence[str]) -> dict[str, FloatMatrix]:
    """Read the vectors of the tasks of a matrix.

    Args:
        folder: folder that may have ``task2vec.npz``.
        names: N names.

    Returns:
        By kind, [N, D] float64; empty without the file.

    Raises:
        UserError: for a file that cannot be read, lacks a task, or has other than finite numbers.
    """
    path = folder / TASK2VEC
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as file:
            rows, vectors = file["name"].tolist(), file["vector"].astype(np.float64)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: it cannot be read as arrays 'name' and 'vector' ({error}). "
            "Let affinity-bench measure write it, or delete it."
        ) from error
    if vectors.ndim != 2 or len(vectors) != len(rows):
        raise UserError(
            f"{path}: {len(rows)} names and vectors of shape {vectors.shape}, not [names, D]. "
            "Write one vector per name, or delete it."
        )
    at = _positions(path, rows, names)
    return {"task2vec": _finite(path, vectors[at])}


def read_similarities(folder: Path, names: Sequence[str]) -> dict[str, FloatMatrix]:
    """Read the similarities of the tasks of a matrix.

    Args:
        folder: folder that may have ``representation.csv``.
        names: N names.

    Returns:
        By kind, [N, N] float64, symmetric; empty without the file.

    Raises:
        UserError: for a file that lacks a task, is not symmetric, or has other than finite numbers.
    """
    path = folder / REPRESENTATION
    if not path.is_file():
        return {}
    try:
        table = pd.read_csv(path, index_col=0, dtype={0: str}).astype(np.float64)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise UserError(f"{path}: it cannot be read as a table of numbers ({error}).") from error
    rows = _positions(path, table.index.astype(str).tolist(), names)
    columns = _positions(path, table.columns.tolist(), names)
    similarity = _finite(path, table.to_numpy()[np.ix_(rows, columns)])
    if not np.array_equal(similarity, similarity.T):
        raise UserError(f"{path}: similarities differ by direction. A symmetric table is needed.")
    return {"representation": similarity}


def _positions(path: Path, rows: Sequence[str], names: Sequence[str]) -> list[int]:
    position = {name: number for number, name in enumerate(rows)}
    if len(position) < len(rows):
        raise UserError(f"{path}: the same name twice. Keep one.")
    missing = [name for name in names if name not in position]
    if missing:
        raise UserError(
            f"{path}: {len(missing)} of {len(names)} tasks are missing, the first is '{missing[0]}'. "
            "Measure all tasks, or delete the file."
        )
    return [position[name] for name in names]


def _finite(path: Path, figures: FloatMatrix) -> FloatMatrix:
    if not np.isfinite(figures).all():
        raise UserError(f"{path}: some of its numbers are not finite. Measure again, or delete the file.")
    return figures
