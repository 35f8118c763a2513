"""One network, trained once on synthetic worlds, that recovers any matrix without being fitted to it."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.layers.bar_distribution import BarDistribution
from lit_models.layers.grid_network import GridNetwork, Reading
from lit_models.layers.pair_channels import graph_channels
from lit_models.loading.weights import load_network
from lit_models.predictive import Predictive

WEIGHTS = Path(__file__).parent / "weights" / "prior-fitted.safetensors"
SHIPPED: str = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
MOST_TASKS = 400  # that a cell attends over; a larger graph is read in parts
BATCHED_UP_TO_TASKS = 128


class PriorFitted(RecoveryModel):
    """Reads a partly observed matrix at once and predicts the rest, as a prior-fitted network does.

    The idea of TabPFN (Hollmann et al., ICLR 2023; Nature 2025), for directed affinity matrices: a network
    that was trained on nothing but matrices drawn from a prior (:mod:`lit_models.prior`) approximates the
    posterior predictive distribution under that prior in one pass. Its weights are shipped with the package
    and are neither parameters nor buffers: there is nothing to fit, and all members and episodes share one
    copy.

    The scores are the expected rank of each transfer among its target's hidden ones, standardised: what
    Spearman's correlation asks for. :meth:`predictive` gives z-scores with their uncertainty.

    A graph of more than 400 tasks is cut into parts of 200, and every two of them are read together: a cell
    then sees the 400 tasks of its source's and its target's part. Which tasks are in one part follows from
    their order.

    Args:
        num_tasks: tasks of the fit graph; says whether episodes are run at once.
        num_features: unused; every recovery model takes it.
        sha256: hash of the weights, part of what a result was made with.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,  # noqa: ARG002  # the factory's
        *,
        sha256: str = SHIPPED,
    ) -> None:
        super().__init__()
        self.sha256 = sha256
        self.batchable = num_tasks <= BATCHED_UP_TO_TASKS
        self.knows_tasks_by_identity = num_tasks > MOST_TASKS
        _read(sha256)  # a broken file is refused here

    def forward(self, graph: TaskGraph) -> Tensor:
        """Expected standardised ranks, [N, N] float."""
        return self.reading(graph).rank

    def predictive(self, graph: TaskGraph) -> Predictive:
        """Mean and standard deviation of every z-score.

        Args:
            graph: one graph of N tasks.

        Returns:
            Both [N, N] float, in the units of ``graph.affinity``.
        """
        value = self.reading(graph).value
        return Predictive(value.mean, value.scale)

    def reading(self, graph: TaskGraph) -> Reading:
        """All that the network says of a graph, whose distributions have quantiles as well.

        Args:
            graph: one graph of N tasks.

        Returns:
            Distributions and ranks of its N × N cells.
        """
        network = shipped_network(self.sha256, graph.affinity.device, graph.affinity.dtype)
        channels = graph_channels(graph)
        if graph.affinity.shape[-1] <= MOST_TASKS:
            reading: Reading = network(graph, channels)
            return reading
        return _read_in_parts(network, graph, channels)


@cache
def shipped_network(sha256: str, device: torch.device, dtype: torch.dtype) -> GridNetwork:
    """The shipped network, read once per process, device and precision.

    Args:
        sha256: what the hash of its file must be.
        device: where to.
        dtype: of its weights.

    Returns:
        The network, without gradients.

    Raises:
        UserError: if the file is not the one that the hash is of.
    """
    # A copy of what the constructor has read: a new network draws random weights, which vmap forbids.
    return deepcopy(_read(sha256)).to(device=device, dtype=dtype)


@cache
def _read(sha256: str) -> GridNetwork:
    return load_network(WEIGHTS, sha256=sha256)


def _read_in_parts(network: GridNetwork, graph: TaskGraph, channels: Tensor) -> Reading:
    """Read every two parts together and put the blocks where they belong."""
    tasks = graph.affinity.shape[-1]
    count = -(-tasks // (MOST_TASKS // 2))
    parts = [torch.arange(start, tasks, count, device=channels.device) for start in range(count)]
    log_mass = channels.new_empty(0)
    rank = channels.new_empty(tasks, tasks)
    for first in range(count):
        for second in range(first + 1, count):
            both = torch.cat([parts[first], parts[second]])
            reading = network(_part(graph, both), channels[:, both][:, :, both])
            if not log_mass.numel():
                log_mass = channels.new_empty(tasks, tasks, reading.value.log_mass.shape[-1])
            log_mass[both[:, None], both] = reading.value.log_mass
            rank[both[:, None], both] = reading.rank
    return Reading(BarDistribution(log_mass), rank)


def _part(graph: TaskGraph, tasks: Tensor) -> TaskGraph:
    """The graph of some of the tasks."""
    return graph._replace(
        x=graph.x[tasks],
        group=graph.group[tasks],
        **{
            name: getattr(graph, name)[tasks][:, tasks]
            for name in ("affinity", "observed", "eligible", "query", "edge_attr")
        },
    )
