"""Weights as safetensors: the same network comes back, and no other file is taken for one."""

import pickle
from pathlib import Path

import pytest
import torch

from datamodules.errors import UserError
from datamodules.graph import graph_of
from lit_models.layers.grid_network import GridNetwork
from lit_models.loading.weights import bytes_hash, load_network, network_bytes


@pytest.fixture
def network() -> GridNetwork:
    torch.manual_seed(0)
    return GridNetwork(width=8, depth=3)


def test_the_layers_in_use_come_back(network: GridNetwork, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(network_bytes(network, depth=2))
    back = load_network(file, sha256=bytes_hash(file.read_bytes()))
    assert len(back.layers) == 2
    assert not any(weight.requires_grad for weight in back.parameters())
    graph = graph_of(torch.randn(5, 5), torch.rand(5, 5) < 0.5)
    channels = torch.randn(2, 5, 5)
    found, expected = back(graph, channels), network(graph, channels, depth=2)
    assert torch.equal(found.rank, expected.rank)
    assert torch.equal(found.value.log_mass, expected.value.log_mass)


def test_another_file_is_refused(network: GridNetwork, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    with pytest.raises(UserError, match="no such file"):
        load_network(file, sha256="0")
    file.write_bytes(network_bytes(network, depth=3))
    content = bytearray(file.read_bytes())
    expected = bytes_hash(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(UserError, match=f"SHA-256 is .* not {expected}"):
        load_network(file, sha256=expected)


def test_a_pickle_is_no_weights_file(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(pickle.dumps({"width": torch.ones(1)}))
    with pytest.raises(UserError, match="no safetensors file"):
        load_network(file, sha256=bytes_hash(file.read_bytes()))
