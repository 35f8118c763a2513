"""What a worker is asked and what it answers: plain values as JSON, arrays as safetensors, never a pickle."""

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from datamodules.graph import Episode, Targets, TaskGraph

ERROR_CHARACTERS = 10_000  # of an error, its end
_VALUES_BYTES = 2**20

_Fields = TypeVar("_Fields", bound=NamedTuple)


class Message(NamedTuple):
    """A question or an answer.

    Attributes:
        values: plain values by name.
        arrays: tensors by name.
    """

    values: dict[str, Any]
    arrays: dict[str, Tensor]


class BadMessageError(Exception):
    """A message that is missing, too large, or not of the expected form; says what there should be."""


def write_message(folder: Path, name: str, message: Message) -> None:
    """Write a message into a folder.

    Args:
        folder: an existing folder.
        name: ``question`` or ``answer``.
        message: the message.
    """
    arrays = {key: value.detach().cpu().contiguous() for key, value in message.arrays.items()}
    (folder / f"{name}.safetensors").write_bytes(save(arrays))
    (folder / f"{name}.json").write_text(json.dumps(message.values), encoding="utf-8")


def read_message(folder: Path, name: str, *, array_bytes: int) -> Message:
    """Read a message that anybody may have written.

    Args:
        folder: the folder.
        name: ``question`` or ``answer``.
        array_bytes: largest size of the arrays.

    Returns:
        The message; its content is not checked.

    Raises:
        BadMessageError: if it is missing, larger than that, or not JSON and safetensors.
    """
    try:
        values = json.loads(read_regular_file(folder / f"{name}.json", _VALUES_BYTES))
        arrays = load(read_regular_file(folder / f"{name}.safetensors", array_bytes))
    except FileNotFoundError as error:
        raise BadMessageError(f"an {name}") from error
    except (ValueError, RecursionError, SafetensorError, OSError) as error:
        raise BadMessageError(f"a valid {name}: {error}") from error
    if not isinstance(values, dict):
        raise BadMessageError(f"a valid {name}: it is no mapping")
    return Message(values, arrays)


def read_regular_file(path: Path, limit: int) -> bytes:
    """Read a file that is neither a link, nor a pipe, at which reading would wait for ever.

    Args:
        path: the file.
        limit: largest size in bytes.

    Returns:
        Its content.

    Raises:
        OSError: if it cannot be read.
        ValueError: if it is of another kind or larger.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{path.name} is no regular file")
        if status.st_size > limit:
            raise ValueError(f"{path.name} has {status.st_size:,} bytes, more than {limit:,}")
        return file.read(status.st_size)


def pack(fields: NamedTuple, *, name: str) -> dict[str, Tensor]:
    """Name the tensors of a named tuple.

    Args:
        fields: tensors.
        name: prefix of the names.
    """
    return {f"{name}.{key}": value for key, value in fields._asdict().items()}


def unpack(kind: type[_Fields], arrays: Mapping[str, Tensor], *, name: str) -> _Fields:
    """The inverse of :func:`pack`, for a kind of named tuple."""
    return kind._make(arrays[f"{name}.{field}"] for field in kind._fields)


def pack_episodes(batch: Episode, *, name: str) -> dict[str, Tensor]:
    """Name the tensors of a batch of episodes.

    Args:
        batch: the batch.
        name: prefix of the names.
    """
    return {**pack(batch.graph, name=name), **pack(batch.validation, name=f"{name}.validation")}


def unpack_episodes(arrays: Mapping[str, Tensor], *, name: str) -> Episode:
    """The inverse of :func:`pack_episodes`; positions count from 0."""
    graph = unpack(TaskGraph, arrays, name=name)
    return Episode(
        torch.arange(len(graph.affinity)), graph, unpack(Targets, arrays, name=f"{name}.validation")
    )
