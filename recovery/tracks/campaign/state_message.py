"""What a strategy sees, as a message to a worker: no name of the matrix or of a task is in it."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from benchmark.isolation.exchange import Message
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import BoolMatrix, FloatMatrix
from recovery.strategies.base import Models, PlanState

_WORDS = ("groups", "kinds", "feature_names")
_BY_NAME = ("vectors", "similarities", "pairs")


def pack_state(state: PlanState) -> Message:
    """Write a state as plain values and tensors.

    Args:
        state: what is known.

    Returns:
        The message; only measured values are in it.
    """
    table = state.table
    arrays = {
        "value": table.value,
        "eligible": table.eligible,
        "pending": state.pending,
        "candidates": state.candidates,
    }
    if table.features is not None:
        arrays["features"] = table.features
    for field in _BY_NAME:
        arrays.update({f"{field}/{name}": array for name, array in getattr(table, field).items()})
    values = {"seed": state.seed, "shared": state.shared, **{name: getattr(table, name) for name in _WORDS}}
    return Message(
        values, {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
    )


def unpack_state(message: Message) -> PlanState:
    """The inverse of :func:`pack_state`, with names that say nothing."""
    values, arrays = message
    table = AffinityTable(
        name="matrix",
        regime="",
        label="",
        unit="",
        task_names=tuple(f"task-{task}" for task in range(len(arrays["value"]))),
        value=_matrix(arrays["value"]),
        eligible=_mask(arrays["eligible"]),
        groups=tuple(values["groups"]),
        kinds=tuple(values["kinds"]),
        features=_matrix(arrays["features"]) if "features" in arrays else None,
        feature_names=tuple(values["feature_names"]),
        vectors=_named("vectors", arrays),
        similarities=_named("similarities", arrays),
        pairs=_named("pairs", arrays),
    )
    return PlanState(
        models=Models(table),
        pending=_mask(arrays["pending"]),
        candidates=_mask(arrays["candidates"]),
        shared=values["shared"],
        seed=values["seed"],
    )


def _named(field: str, arrays: Mapping[str, Tensor]) -> dict[str, FloatMatrix]:
    return {
        name.partition("/")[2]: _matrix(array)
        for name, array in arrays.items()
        if name.startswith(f"{field}/")
    }


def _matrix(array: Tensor) -> FloatMatrix:
    matrix: FloatMatrix = array.numpy().astype(np.float64)
    return matrix


def _mask(array: Tensor) -> BoolMatrix:
    mask: BoolMatrix = array.numpy().astype(bool)
    return mask
