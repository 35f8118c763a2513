"""Taking what a worker answered: only values and arrays of the form that was asked for."""

from typing import TypeVar

import torch
from pydantic import BaseModel, ValidationError
from torch import Tensor

from benchmark.isolation.exchange import Message
from benchmark.isolation.worker import WorkerError

_Claims = TypeVar("_Claims", bound=BaseModel)


def claims_of(answer: Message, kind: type[_Claims]) -> _Claims:
    """The plain values of an answer, which nothing vouches for.

    Args:
        answer: the answer.
        kind: what they are to be.

    Raises:
        WorkerError: if they are something else.
    """
    try:
        return kind.model_validate(answer.values)
    except ValidationError as error:
        raise WorkerError(f"the worker's answer is not one: {error}") from error


def float_array(answer: Message, name: str, shape: tuple[int, ...]) -> Tensor:
    """A float64 array of an answer, of this shape.

    Raises:
        WorkerError: if there is none.
    """
    array = answer.arrays.get(name)
    if array is None or array.shape != shape or array.dtype != torch.float64:
        found = None if array is None else f"{array.dtype} {list(array.shape)}"
        raise WorkerError(f"the worker returned {found} as {name}, not torch.float64 {list(shape)}")
    return array
