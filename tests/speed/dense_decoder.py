"""What does an exact epoch over all N² pairs cost, and in how much memory?

    CITATION_DIR=folder/of/cora.cites .venv/bin/python tests/speed/dense_decoder.py

Trains models of ``make reproduce`` on Cora: with the decoder in blocks of rows, and with the same loss
as one writes it with autograd (``model.decode`` and ``binary_cross_entropy_with_logits``). Beside them
the autoencoder of torch-geometric's example, whose loss samples as many pairs without an edge as there
are edges. The losses of the first two must agree, or the script fails.

The three take turns, epoch by epoch, on one thread, and are timed in CPU time, so that neighbours on the
machine cancel out. Every round is a process of its own, because what autograd's [N, N] tensors cost
depends on whether the process has their memory already. Peaks of memory (Linux) are growth above what
stood before the first epoch.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch_geometric import nn as pyg
from torch_geometric.nn import GCNConv

from benchmark.link_prediction.experiment import PAPER_MODELS
from datamodules.graph import LinkGraph
from datamodules.links.citation import LinkDataModule, read_cora
from lit_models.autoencoder import Autoencoder
from lit_models.link_prediction.lit_link_prediction import LitLinkPrediction, reconstruction_loss

MODELS = ("gravity VAE", "source-target VAE", "VAE")  # one a decoder; the plain twins share it
ROUNDS = 3
WARM_UP = 3
EPOCHS = 15

Epoch = Callable[[], float]


def plain_loss(model: Autoencoder, z: Tensor, labels: Tensor) -> Tensor:
    """The loss of ``reconstruction_loss``, over [N, N] tensors."""
    pairs = labels.numel()
    edges = labels.sum() - len(z)
    norm = pairs / (2 * (pairs - edges))
    weight = (pairs - edges) / edges
    return norm * binary_cross_entropy_with_logits(model.decode(z), labels, pos_weight=weight)


def epoch_of(name: str, graph: LinkGraph, *, blockwise: bool) -> Epoch:
    """One training step of a model as a call that returns its loss."""
    torch.manual_seed(0)
    size = len(graph.x)
    model = PAPER_MODELS[name].build(size, "general")
    module = LitLinkPrediction(model=model, num_nodes=size, seed=0)
    optimizer = module.configure_optimizers()
    edges = graph.weight.indices().mT
    labels = None if blockwise else graph.weight.to_dense() + torch.eye(size)

    def epoch() -> float:
        z, cost = model.embed(graph)
        fit = reconstruction_loss(model, z, edges) if labels is None else plain_loss(model, z, labels)
        loss = fit + cost
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return epoch


class PyGEncoder(nn.Module):
    """The example's two convolutions; the one-hot input is an embedding, which spares it a product."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.of_node = nn.Embedding(size, 64)
        self.first = GCNConv(64, 64)
        self.second = GCNConv(64, 32)

    def forward(self, edges: Tensor) -> Tensor:
        hidden: Tensor = self.first(self.of_node.weight, edges).relu()
        encoded: Tensor = self.second(hidden, edges)
        return encoded


def epoch_of_example(graph: LinkGraph) -> Epoch:
    """One training step of torch-geometric's example."""
    model = pyg.GAE(PyGEncoder(len(graph.x)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    edges = graph.weight.indices()

    def epoch() -> float:
        optimizer.zero_grad()
        loss = model.recon_loss(model.encode(edges), edges)
        loss.backward()
        optimizer.step()
        return loss.item()

    return epoch


def milliseconds(name: str) -> list[float]:
    """CPU time of an epoch, median: in blocks, with autograd, torch-geometric's example."""
    torch.set_num_threads(1)
    graph = cora()
    epochs = (
        epoch_of(name, graph, blockwise=True),
        epoch_of(name, graph, blockwise=False),
        epoch_of_example(graph),
    )
    times: list[list[float]] = [[] for _ in epochs]
    for _ in range(WARM_UP + EPOCHS):
        losses = []
        for epoch, own in zip(epochs, times, strict=True):
            started = time.process_time()
            losses.append(epoch())
            own.append((time.process_time() - started) * 1e3)
        if len(times[0]) <= WARM_UP and abs(losses[0] - losses[1]) > 1e-3 * losses[1]:
            raise SystemExit(f"{name}: the loss {losses[0]} in blocks is not {losses[1]}")
    return [statistics.median(own[WARM_UP:]) for own in times]


def peak_megabytes(name: str, blockwise: bool) -> float:
    """Growth of this process's resident memory at its highest, over three epochs."""
    torch.set_num_threads(1)
    epoch = epoch_of(name, cora(), blockwise=blockwise)
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
    before = _resident("VmRSS")
    for _ in range(3):
        epoch()
    return _resident("VmHWM") - before


def _resident(field: str) -> float:
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if field in line]
    return int(line.split()[1]) / 1024


def cora() -> LinkGraph:
    """Training graph of the general task."""
    return LinkDataModule(graph=read_cora(), task="general", seed=0).link_graph


def main() -> None:
    """Print times, peaks and ratios."""
    print("epoch in ms of CPU, median over processes; peak in MB")
    print(f"{'':18} blocks autograd ratio {'(processes)':18} example ratio | peak: blocks autograd ratio")
    context = multiprocessing.get_context("forkserver")
    # Imported once, not once a process.
    context.set_forkserver_preload(["benchmark.link_prediction.experiment", "torch_geometric.nn"])
    for name in MODELS:
        with context.Pool(1, maxtasksperchild=1) as pool:
            rounds = pool.map(milliseconds, [name] * ROUNDS, chunksize=1)
            small, large = pool.starmap(peak_megabytes, [(name, True), (name, False)], chunksize=1)
        fast, slow, sampled = map(statistics.median, zip(*rounds, strict=True))
        ratios = "(" + ", ".join(f"{autograd / block:.1f}" for block, autograd, _ in rounds) + ")"
        print(
            f"{name:18} {fast:6.1f} {slow:8.1f} {slow / fast:5.1f} {ratios:18} "
            f"{sampled:7.1f} {sampled / fast:5.1f} "
            f"| {small:12.1f} {large:8.1f} {large / small:5.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
