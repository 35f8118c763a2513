"""Plain torch-geometric modules used as recovery models."""

import inspect
from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GAE

from datamodules.errors import unknown_name
from datamodules.graph import TaskGraph, to_data
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.layers.decoders import inner_product, source_target

Decoder = Literal["source-target", "inner-product", "own"]
_DECODERS: dict[str, Callable[[Tensor], Tensor]] = {
    "source-target": source_target,
    "inner-product": inner_product,
}


class PyGModel(RecoveryModel):
    """Wraps any module that takes a :class:`torch_geometric.data.Data` with the observed transfers as edges.

    The data contain ``x`` [N, F], which is Z or, without Z, the tasks' one-hot identity [N, N],
    ``edge_index`` [2, E] and ``edge_weight`` [E] in (0, 1). A module whose ``forward`` has parameters with
    these names, like every model in :mod:`torch_geometric.nn.models`, receives those; any other receives the
    ``Data`` itself.

    The number of edges depends on what is observed, so replicas run one at a time. torch's generator, which
    dropout draws from, is seeded by ``graph.key``: as for the shipped models, a result depends neither on the
    batch nor on the number of processes.

    Args:
        num_tasks: number of tasks in the fit graph.
        num_features: width of Z; 0 for no Z.
        module: factory of the module, called with the width of ``x``; for example
            ``torch_geometric.nn.GraphSAGE`` with its other arguments bound.
        decoder: decoder of the module's vectors [N, d]: ``source-target`` (⟨first half of the source's
            vector, second half of the target's⟩, d even), ``inner-product`` (symmetric), or ``own``: the
            decoder of a :class:`torch_geometric.nn.GAE`, without its sigmoid; any other module returns scores
            [N, N] itself.

    Raises:
        UserError: for an unknown decoder.

    >>> from functools import partial
    >>> from torch_geometric.nn import GraphSAGE
    >>> sage = partial(GraphSAGE, hidden_channels=16, num_layers=2, out_channels=8)
    >>> PyGModel(25, 0, module=sage).module
    GraphSAGE(25, 8, num_layers=2)
    """

    batchable: bool = False

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        module: Callable[[int], nn.Module],
        decoder: Decoder = "source-target",
    ) -> None:
        super().__init__()
        if decoder not in (*_DECODERS, "own"):
            raise unknown_name("decoder", decoder, [*_DECODERS, "own"])
        self.has_z = num_features > 0
        self.decoder = decoder
        self.module = module(num_features or num_tasks)
        self.encoder_name = type(self.module).__name__

    @property
    def settings(self) -> frozenset[Setting]:
        """Inductive only with Z: the identity of a new task has no trained weights."""
        return frozenset({"transductive", "inductive"} if self.has_z else {"transductive"})

    def data(self, graph: TaskGraph) -> Data:
        """The module's input for one graph."""
        data = to_data(graph)
        if not self.has_z:
            data.x = torch.eye(data.num_nodes, dtype=graph.x.dtype, device=graph.x.device)
        return data

    def encode(self, graph: TaskGraph) -> Tensor:
        """Output of the module, or of a GAE's encoder: task vectors [N, d] float."""
        module = self.module
        run, takes = (module.encode, module.encoder) if isinstance(module, GAE) else (module, module)
        data = self.data(graph)
        known = {name: data[name] for name in inspect.signature(takes.forward).parameters if name in data}
        devices = [graph.key.device] if graph.key.is_cuda else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(int(graph.key))
            encoded: Tensor = run(**known) if known else run(data)
        return encoded

    def forward(self, graph: TaskGraph) -> Tensor:
        """Scores of one graph, outside vmap: [N, N] float in standardised units."""
        encoded = self.encode(graph)
        if self.decoder != "own":
            return _DECODERS[self.decoder](encoded)
        if isinstance(self.module, GAE):
            scores: Tensor = self.module.decoder.forward_all(encoded, sigmoid=False)
            return scores
        return encoded
