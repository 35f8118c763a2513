"""The tensors that a set model sees beside the graph of single transfers."""

from typing import NamedTuple

from torch import Tensor

from datamodules.graph import TaskGraph


class SetGraph(NamedTuple):
    """M sets of N tasks: hyperedges, each with a target as its head.

    Shapes are those of one episode; a batch adds leading dimensions to every field.

    Attributes:
        members: [M, N] bool, the sources of each set.
        target: [M] int64, index of its target.
        value: [M] float, z-scores per target over the observed sets; 0 where not observed.
        observed: [M] bool, sets whose values are known.
        query: [M] bool, sets to score; disjoint from ``observed``.
    """

    members: Tensor
    target: Tensor
    value: Tensor
    observed: Tensor
    query: Tensor


class SetEpisode(NamedTuple):
    """One split: the known single transfers, and the sets.

    Attributes:
        position: [] int64, index of the split in the datamodule.
        graph: the single transfers.
        sets: the sets.
    """

    position: Tensor
    graph: TaskGraph
    sets: SetGraph
