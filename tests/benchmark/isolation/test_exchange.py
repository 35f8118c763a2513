"""Messages: what was written is read, and what anybody may have planted instead is refused."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from benchmark.isolation.exchange import (
    BadMessageError,
    Message,
    pack_episodes,
    read_message,
    unpack_episodes,
    write_message,
)
from benchmark.running.fit_model import data_for
from lit_models.registry import load_model

from ..conftest import TASKONOMY


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_message(tmp_path, "answer", Message({"a": [1, None]}, {"b": torch.eye(3).mT}))
    found = read_message(tmp_path, "answer", array_bytes=1_000)
    assert found.values == {"a": [1, None]}
    assert torch.equal(found.arrays["b"], torch.eye(3))


def test_episodes_arrive_whole() -> None:
    data = data_for(load_model("z-svd3"), TASKONOMY.read(), setting="inductive", numbers=(3, 5))
    (batch,) = data.predict_dataloader()
    back = unpack_episodes(pack_episodes(batch, name="predict"), name="predict")
    for sent, received in zip(
        (*batch.graph, *batch.validation), (*back.graph, *back.validation), strict=True
    ):
        assert torch.equal(sent, received)
    assert torch.equal(batch.position, back.position)


def link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/passwd")


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


PLANTED: dict[str, Callable[[Path], object]] = {
    "nothing": Path.unlink,
    "a link": link,
    "a pipe": pipe,
    "a folder": folder,
    "too much": lambda file: os.truncate(file, 2**40),
    "a pickle": lambda file: file.write_bytes(pickle.dumps({"a": 1})),
    "a deep nest": lambda file: file.write_text("[" * 100_000),
    "another kind of value": lambda file: file.write_text(json.dumps([1])),
    "a header that lies": lambda file: file.write_bytes(b"\xff" * 64),
}


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("name", ["answer.json", "answer.safetensors"])
def test_what_was_planted_is_refused(kind: str, name: str, tmp_path: Path) -> None:
    write_message(tmp_path, "answer", Message({"a": 1}, {"b": torch.eye(3)}))
    PLANTED[kind](tmp_path / name)
    with pytest.raises(BadMessageError, match="answer"):
        read_message(tmp_path, "answer", array_bytes=1_000)
