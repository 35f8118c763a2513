"""Weights of a grid network as safetensors: numbers and a header, and no code that reading them could run."""

import hashlib
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from datamodules.errors import UserError
from lit_models.layers.grid_network import GridNetwork


def network_bytes(network: GridNetwork, *, depth: int) -> bytes:
    """Put the weights of a network's first layers into the form that :func:`load_network` reads.

    Args:
        network: the network.
        depth: how many layers are in use.

    Returns:
        Content of a safetensors file.
    """
    shape = {"width": str(network.width), "depth": str(depth)}
    state = {
        name: value.detach().cpu().contiguous()
        for name, value in network.state_dict().items()
        if not name.startswith("layers.") or int(name.split(".")[1]) < depth
    }
    return save(state, metadata=shape)


def load_network(file: Path, *, sha256: str) -> GridNetwork:
    """Read a network whose content :func:`network_bytes` made.

    Args:
        file: the weights.
        sha256: what the hash of the file must be.

    Returns:
        The network, float32 on the CPU, without gradients.

    Raises:
        UserError: if the file is missing, is no such file, or is another one.
    """
    if not file.is_file():
        raise UserError(f"weights {file}: there is no such file")
    found = bytes_hash(file.read_bytes())
    if found != sha256:
        raise UserError(f"weights {file}: its SHA-256 is {found}, not {sha256}: install the package again")
    try:
        with safe_open(file, framework="pt") as weights:
            shape = weights.metadata()
            state = {name: weights.get_tensor(name) for name in weights.keys()}  # noqa: SIM118  # is no mapping
    except SafetensorError as error:
        raise UserError(f"weights {file}: no safetensors file ({error})") from error
    network = GridNetwork(width=int(shape["width"]), depth=int(shape["depth"]))
    network.load_state_dict(state)
    return network.requires_grad_(False).eval()


def bytes_hash(content: bytes) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
