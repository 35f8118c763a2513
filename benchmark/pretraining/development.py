"""How a network that saw synthetic worlds alone does on development splits of published tables."""

from functools import cache

import torch
from torch import Tensor

from benchmark.metrics.correlation import per_target_spearman
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.registry import DATASETS
from lit_models.layers.grid_network import GridNetwork
from lit_models.layers.pair_channels import graph_channels

# The tables that people had looked at when they drew up the prior; what came later is for judging it.
TABLES = {
    "taskonomy": ("16k", "1k"),
    "prompt-transfer": ("roberta", "roberta-large", "t5-base", "t5-small"),
    "medmnist": ("fine-tuned",),
    "cogtaskonomy": ("readme-example",),
    "mini-vision": ("all-seeds",),
}


@cache
def development_graphs(dataset: str, regime: str) -> tuple[TaskGraph, Tensor, Tensor]:
    """All development splits of a table, a third hidden, with what hides in them.

    Args:
        dataset: its name.
        regime: one of its matrices.

    Returns:
        The graphs as a batch, their pair channels [B, P, N, N], and the affinities [B, N, N].
    """
    table = DATASETS[dataset].read(regime=regime)
    data = AffinityDataModule(table=table, development=True, train_on_validation=True, z="all")
    (batch,) = data.predict_dataloader()
    graphs: TaskGraph = batch.graph
    each = [TaskGraph(*(field[position] for field in graphs)) for position in range(len(graphs.key))]
    truth = torch.tensor(table.value).expand(len(each), -1, -1)
    return graphs, torch.stack([graph_channels(graph) for graph in each]), truth


def development_scores(network: GridNetwork, *, depth: int) -> dict[str, float]:
    """Mean per-target Spearman on each table, by dataset/regime.

    Args:
        network: the network.
        depth: layers in use.

    Returns:
        Scores in [−1, 1].
    """
    scores = {}
    device = next(network.parameters()).device
    for dataset, regimes in TABLES.items():
        for regime in regimes:
            graphs, channels, truth = development_graphs(dataset, regime)
            graphs = TaskGraph(*(field.to(device) for field in graphs))
            with torch.no_grad():
                rank = network(graphs, channels.to(device), depth=depth).rank.double().cpu()
            of_target = per_target_spearman(rank, truth, graphs.query.cpu())
            scores[f"{dataset}/{regime}"] = float(of_target.nanmean(-1).nanmean())
    return scores
