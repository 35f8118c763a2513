"""Task embeddings Z: what is known about a task before any transfer from or to it is measured."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.matrix_types import FloatMatrix
from datamodules.standardise import normal_scores

Z = Literal["none", "metadata", "prompt", "all"]
PROMPT_DIMENSIONS = 6
BoolVector = npt.NDArray[np.bool_]


def no_embedding(table: AffinityTable, known: BoolVector) -> FloatMatrix:  # noqa: ARG001  # common signature
    """Z of width 0: the model sees transfers only.

    Args:
        table: the table.
        known: [N] bool, unused.

    Returns:
        [N, 0] float64.
    """
    return np.zeros((len(table.task_names), 0))


def metadata_embedding(table: AffinityTable, known: BoolVector) -> FloatMatrix:
    """Z = one-hot group, one-hot output kind, and the standardised numeric columns of the tasks.

    Args:
        table: the table.
        known: [N] bool, tasks that the scaler of the numeric columns is fitted on.

    Returns:
        [N, F] float64; zeros for a missing group or kind.
    """
    parts = [_one_hot(table.groups), _one_hot(table.kinds)]
    if table.features is not None:
        mean, deviation = table.features[known].mean(0), table.features[known].std(0)
        parts.append((table.features - mean) / np.where(deviation > 0, deviation, 1.0))
    return np.concatenate(parts, axis=1)


def prompt_embedding(table: AffinityTable, known: BoolVector) -> FloatMatrix:
    """Z = leading eigenvectors of the similarity matrix G of the tasks' trained prompts.

    Cosines are mapped to normal scores among the known pairs. The eigenvectors u (largest |λ| first, the
    entry of largest magnitude positive) are those of the known tasks; all tasks are projected on them by G u
    / λ (Nyström), which for a known task gives its own entry.

    Args:
        table: the table, with ``similarity``.
        known: [N] bool, tasks that ranks and eigenvectors are fitted on.

    Returns:
        [N, min(6, number of known tasks)] float64; every column has mean square 1/4 over the known tasks.

    Raises:
        UserError: if similarities are missing for all or some tasks.
    """
    where = f"task embedding 'prompt' of {table.name} {table.regime}"
    if table.similarity is None:
        raise UserError(f"{where}: there are no prompt similarities; use 'metadata'")
    if np.isnan(table.similarity).any():
        lacking = np.flatnonzero(np.isnan(table.similarity).all(1))
        names = ", ".join(table.task_names[task] for task in lacking)
        raise UserError(f"{where}: no prompt similarity is published for {names}; use 'metadata'")
    of_known = table.similarity[np.ix_(known, known)]
    scores = normal_scores(table.similarity, among=of_known[np.triu_indices(len(of_known), k=1)])
    values, vectors = np.linalg.eigh(scores[np.ix_(known, known)])
    leading = np.argsort(-np.abs(values), kind="stable")[:PROMPT_DIMENSIONS]
    values, vectors = values[leading], vectors[:, leading]
    largest = vectors[np.abs(vectors).argmax(0), np.arange(len(leading))]
    projected: FloatMatrix = scores[:, known] @ (vectors * np.sign(largest)) / values
    scale = 0.5 * float(np.sqrt(known.sum()))
    return scale * projected


def _one_hot(words: Sequence[str]) -> FloatMatrix:
    known = sorted(set(words) - {""})
    return np.array([[float(word == other) for other in known] for word in words]).reshape(len(words), -1)


def every_embedding(table: AffinityTable, known: BoolVector) -> FloatMatrix:
    """Z = all that is known about the tasks: metadata, plus prompts if the table has all similarities.

    Args:
        table: the table.
        known: [N] bool, tasks that scalers, ranks and eigenvectors are fitted on.

    Returns:
        [N, F] float64.
    """
    metadata = metadata_embedding(table, known)
    if table.similarity is None or np.isnan(table.similarity).any():
        return metadata
    return np.concatenate([metadata, prompt_embedding(table, known)], axis=1)


EMBEDDINGS: dict[Z, Callable[[AffinityTable, BoolVector], FloatMatrix]] = {
    "none": no_embedding,
    "metadata": metadata_embedding,
    "prompt": prompt_embedding,
    "all": every_embedding,
}
