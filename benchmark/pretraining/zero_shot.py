"""How a network that saw synthetic worlds alone does on published tables: ranking and coverage."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from benchmark.metrics.correlation import per_target_spearman
from datamodules.base import AffinityDataModule
from datamodules.graph import TaskGraph
from datamodules.registry import DATASETS
from datamodules.standardise import z_scores
from lit_models.layers.grid_network import GridNetwork
from lit_models.layers.pair_channels import graph_channels

# The tables that people had looked at when they drew up the prior.
DEVELOPMENT: Mapping[str, tuple[str, ...]] = {
    "taskonomy": ("16k", "1k"),
    "prompt-transfer": ("roberta", "roberta-large", "t5-base", "t5-small"),
    "medmnist": ("fine-tuned",),
    "cogtaskonomy": ("readme-example",),
    "mini-vision": ("all-seeds",),
}
# What came later, for judging it: no choice is made on these.
ADDED: Mapping[str, tuple[str, ...]] = {
    "taskweb": ("t5l-finetune", "roberta", "t5b-bitfit"),
    "mini-driving": ("all-seeds",),
    "langrank-dep": ("zero-shot",),
    "langrank-mt": ("auxiliary",),
    "mimic-cotraining": ("pairwise",),
    "qm9-properties": ("gcn",),
    "tagging-cotraining": ("cotraining",),
    "time-transfer": ("t5-small",),
    "model-recycling": ("deberta-v3-base",),
}
LEVEL = 0.9  # of the predictive intervals


class ZeroShot(NamedTuple):
    """How the network does on one table, a third of its transfers hidden; means over all splits.

    Attributes:
        spearman: mean per-target Spearman correlation of the queries, in [−1, 1].
        coverage: share of the queries inside their central 90 % predictive intervals.
    """

    spearman: float
    coverage: float


class _Splits(NamedTuple):
    """All splits of a table: graphs, pair channels [B, P, N, N], affinities and z-scores [B, N, N]."""

    graph: TaskGraph
    channels: Tensor
    value: Tensor
    scores: Tensor


@cache
def _splits(dataset: str, regime: str, *, development: bool) -> _Splits:
    table = DATASETS[dataset].read(regime=regime)
    data = AffinityDataModule(table=table, development=development, train_on_validation=True, z="all")
    (batch,) = data.predict_dataloader()
    graph: TaskGraph = batch.graph
    each = [TaskGraph(*(field[position] for field in graph)) for position in range(len(graph.key))]
    scores = [torch.tensor(z_scores(table.value, data.training_mask(split))) for split in data.splits]
    value = torch.tensor(table.value).expand(len(each), -1, -1)
    return _Splits(graph, torch.stack([graph_channels(one) for one in each]), value, torch.stack(scores))


def zero_shot(
    network: GridNetwork,
    *,
    depth: int,
    development: bool,
    tables: Mapping[str, tuple[str, ...]] = DEVELOPMENT,
) -> dict[str, ZeroShot]:
    """Read every table as it is.

    Args:
        network: the network.
        depth: layers in use.
        development: read development splits, to choose by; otherwise the protocol's, to report.
        tables: regimes by dataset.

    Returns:
        By dataset/regime.
    """
    found = {}
    device = next(network.parameters()).device
    for dataset, regimes in tables.items():
        for regime in regimes:
            graph, channels, value, scores = _splits(dataset, regime, development=development)
            query = graph.query
            with torch.no_grad():
                on_device = TaskGraph(*(field.to(device) for field in graph))
                reading = network(on_device, channels.to(device), depth=depth)
            of_target = per_target_spearman(reading.rank.double().cpu(), value, query)
            low, high = (reading.value.quantile(level).cpu() for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
            inside = (scores >= low) & (scores <= high)
            found[f"{dataset}/{regime}"] = ZeroShot(
                spearman=float(of_target.nanmean(-1).nanmean()), coverage=float(inside[query].double().mean())
            )
    return found
