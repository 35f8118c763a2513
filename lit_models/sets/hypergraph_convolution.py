"""Convolution on the hypergraph of measured sets."""

import torch
from torch import Tensor, nn
from torch_geometric.nn import HypergraphConv

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from lit_models.layers.task_input import TaskInput
from lit_models.sets.base import SetModel


class HypergraphConvolution(SetModel):
    """Task vectors by hypergraph convolution on measured sets; a set is scored by those of its tasks.

    Hypergraph convolution of torch-geometric (Bai, Zhang & Torr, Pattern Recognition 2021), one layer for
    vectors as sources and one for vectors as targets. A hyperedge is a measured set with its target, weighted
    by the logistic function of its value. A member's message is a function of both vectors and of their
    single transfer; a perceptron scores their sum and mean.

    Args:
        num_tasks: number of tasks.
        num_features: width of Z.
        width: of hidden layers.
    """

    batchable: bool = False  # the number of incidences depends on what is measured
    reads_values: bool = True
    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int, *, width: int = 32) -> None:
        super().__init__()
        self.of_task = TaskInput(num_tasks, num_features, width, one_hot=True)
        self.as_source = HypergraphConv(width, width)
        self.as_target = HypergraphConv(width, width)
        self.single = nn.Linear(1, width, bias=False)
        self.score = nn.Sequential(nn.Linear(2 * width + 1, width), nn.ReLU(), nn.Linear(width, 1))

    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Score sets: [M] float."""
        x = self.of_task(graph)
        known = sets.observed
        together = sets.members[known].scatter(1, sets.target[known][:, None], True)
        edge, task = together.nonzero().mT
        weight = sets.value[known].sigmoid()
        source, target = (
            x + layer(x, torch.stack([task, edge]), weight, num_edges=len(weight))
            for layer in (self.as_source, self.as_target)
        )
        single = (graph.affinity * graph.observed).mT[..., None]
        message = (source[None] + target[:, None] + self.single(single)).relu()
        members = sets.members.to(x)
        size = members.sum(-1, keepdim=True)
        total = (members[:, None] @ message[sets.target]).squeeze(1)
        scores: Tensor = self.score(torch.cat([total / size.sqrt(), total / size, size.log()], dim=-1))
        return scores.squeeze(-1)
