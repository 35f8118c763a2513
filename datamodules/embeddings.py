"""Task embeddings Z: what is known about a task before any transfer from or to it is measured.

A Z has one or more kinds, joined by ``+``: ``metadata+text``. ``all`` is short for the two kinds that the
first boards had, metadata and prompts.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError, unknown_name
from datamodules.matrix_types import FloatMatrix
from datamodules.standardise import normal_scores

Z = str  # kinds joined by "+"
SPECTRAL_DIMENSIONS = 6
PRINCIPAL_DIMENSIONS = 8
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


def _one_hot(words: Sequence[str]) -> FloatMatrix:
    known = sorted(set(words) - {""})
    return np.array([[float(word == other) for other in known] for word in words]).reshape(len(words), -1)


def vector_embedding(table: AffinityTable, known: BoolVector, *, kind: str) -> FloatMatrix:
    """Z = leading principal components of the tasks' vectors, such as embeddings of their descriptions.

    The components (the entry of largest magnitude positive) are those of the known tasks; all tasks are
    projected on them. One scale for all columns keeps their proportions.

    Args:
        table: the table, with ``vectors[kind]``.
        known: [N] bool, tasks that mean, components and scale are fitted on.
        kind: ``text`` or ``task2vec``.

    Returns:
        [N, min(8, number of known tasks, D)] float64; the mean squared norm over the known tasks is 1, like
        that of one label.

    Raises:
        UserError: if the table has no such vectors.
    """
    if kind not in table.vectors:
        raise _lacking(table, kind)
    vectors = table.vectors[kind]
    centred = vectors - vectors[known].mean(0)
    components = np.linalg.svd(centred[known], full_matrices=False)[2][:PRINCIPAL_DIMENSIONS]
    largest = components[np.arange(len(components)), np.abs(components).argmax(1)]
    projected: FloatMatrix = centred @ (components * np.sign(largest)[:, None]).T
    norm = np.sqrt(np.square(projected[known]).sum(1).mean())
    return projected / (norm if norm > 0 else 1.0)


def spectral_embedding(table: AffinityTable, known: BoolVector, *, kind: str) -> FloatMatrix:
    """Z = leading eigenvectors of a similarity matrix G of the tasks, such as that of their trained prompts.

    Similarities are mapped to normal scores among the known pairs. The eigenvectors u (largest |λ| first, the
    entry of largest magnitude positive) are those of the known tasks; all tasks are projected on them by G u
    / λ (Nyström), which for a known task gives its own entry.

    Args:
        table: the table, with ``similarities[kind]``.
        known: [N] bool, tasks that ranks and eigenvectors are fitted on.
        kind: ``prompt`` or ``representation``.

    Returns:
        [N, min(6, number of known tasks)] float64; every column has mean square 1/4 over the known tasks.

    Raises:
        UserError: if similarities are missing for all or some tasks.
    """
    if kind not in table.similarities:
        raise _lacking(table, kind)
    similarity = table.similarities[kind]
    if np.isnan(similarity).any():
        lacking = np.flatnonzero(np.isnan(similarity).all(1))
        raise _lacking(table, kind, tasks=", ".join(table.task_names[task] for task in lacking))
    of_known = similarity[np.ix_(known, known)]
    scores = normal_scores(similarity, among=of_known[np.triu_indices(len(of_known), k=1)])
    values, vectors = np.linalg.eigh(scores[np.ix_(known, known)])
    leading = np.argsort(-np.abs(values), kind="stable")[:SPECTRAL_DIMENSIONS]
    values, vectors = values[leading], vectors[:, leading]
    largest = vectors[np.abs(vectors).argmax(0), np.arange(len(leading))]
    projected: FloatMatrix = scores[:, known] @ (vectors * np.sign(largest)) / values
    scale = 0.5 * float(np.sqrt(known.sum()))
    return scale * projected


def _lacking(table: AffinityTable, kind: str, *, tasks: str = "") -> UserError:
    """The error for a kind of Z that a table has not, or not of all tasks."""
    has = ", ".join(
        name for name in EMBEDDINGS if name not in ("none", "all", kind) and has_kind(table, name)
    )
    whose = f" of {tasks}" if tasks else ""
    described = "describe your tasks and pip install 'affinity-bench[text]', or " if kind == "text" else ""
    return UserError(
        f"task embedding '{kind}' of {table.name} {table.regime}: there is none{whose}; {described}use one "
        f"of: {has}"
    )


def has_kind(table: AffinityTable, kind: str) -> bool:
    """Whether a table has what a kind of Z is made of, for every task.

    Args:
        table: the table.
        kind: one of ``EMBEDDINGS``.

    Returns:
        True for ``none`` and ``metadata``, which may be of width 0.
    """
    if kind in ("prompt", "representation"):
        return kind in table.similarities and not np.isnan(table.similarities[kind]).any()
    return kind in table.vectors or kind in ("none", "metadata", "all")


def every_embedding(table: AffinityTable, known: BoolVector) -> FloatMatrix:
    """Z = metadata, plus prompts if the table has all similarities of them.

    Args:
        table: the table.
        known: [N] bool, tasks that scalers, ranks and eigenvectors are fitted on.

    Returns:
        [N, F] float64.
    """
    return embed("metadata+prompt" if has_kind(table, "prompt") else "metadata", table, known)


EMBEDDINGS: dict[str, Callable[[AffinityTable, BoolVector], FloatMatrix]] = {
    "none": no_embedding,
    "metadata": metadata_embedding,
    "text": partial(vector_embedding, kind="text"),
    "prompt": partial(spectral_embedding, kind="prompt"),
    "task2vec": partial(vector_embedding, kind="task2vec"),
    "representation": partial(spectral_embedding, kind="representation"),
    "all": every_embedding,
}


def embed(z: Z, table: AffinityTable, known: BoolVector) -> FloatMatrix:
    """Make the task embeddings of one or more kinds.

    Args:
        z: kinds joined by ``+``, as :func:`check_z` allows.
        table: the table.
        known: [N] bool, tasks that everything fitted is fitted on.

    Returns:
        [N, F] float64, the kinds side by side in the order given.

    Raises:
        UserError: if the table lacks a kind.
    """
    return np.concatenate([EMBEDDINGS[kind](table, known) for kind in z.split("+")], axis=1)


def check_z(z: Z) -> Z:
    """Refuse a Z of unknown or repeated kinds.

    Args:
        z: kinds joined by ``+``.

    Returns:
        ``z``.

    Raises:
        UserError: for an unknown kind, a kind that comes twice, or ``none`` with another.

    >>> check_z("metadata+text")
    'metadata+text'
    """
    kinds = z.split("+")
    for kind in kinds:
        if kind not in EMBEDDINGS:
            raise unknown_name("task embedding", kind, EMBEDDINGS)
    single = [part for kind in kinds for part in (("metadata", "prompt") if kind == "all" else (kind,))]
    if len(set(single)) < len(single) or ("none" in kinds and len(kinds) > 1):
        raise UserError(f"task embedding '{z}' has a kind twice, or none and another: name every kind once")
    return z
