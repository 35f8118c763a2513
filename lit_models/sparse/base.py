"""Base class of the sparse forms of models: a vector per task, and a score from the vectors of two."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from datamodules.sparse.graph import SparseGraph


class SparseModel(nn.Module, ABC):
    """Scores any cell of a sparse table from one vector per task, in memory that grows with cells and tasks.

    A sparse form holds the model of matrices that it is the form of, with its parameters: the classes,
    arguments and weights of both are the same.
    """

    @abstractmethod
    def encode(self, graph: SparseGraph) -> Tensor:
        """What the observed cells say of each task.

        Args:
            graph: the observed cells of N tasks.

        Returns:
            [N, D] float, both roles of a task in one vector.
        """

    def embed(self, graph: SparseGraph) -> tuple[Tensor, Tensor]:
        """Vectors for one training step, as from :meth:`encode`, and a regularisation term, [] float."""
        vectors = self.encode(graph)
        return vectors, vectors.new_zeros(())

    @abstractmethod
    def decode(self, source: Tensor, target: Tensor) -> Tensor:
        """Scores of transfers.

        Args:
            source: [P, D] float, vectors of the source tasks.
            target: [P, D] float, vectors of the target tasks.

        Returns:
            [P] float, in the units of ``graph.value``; higher = better transfer.
        """


def group_sum(value: Tensor, index: Tensor, groups: int) -> Tensor:
    """Sums of values by group.

    Args:
        value: [E] float.
        index: [E] int64 in [0, groups).
        groups: number of groups.

    Returns:
        [groups] float.

    >>> import torch
    >>> group_sum(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0, 2, 0]), 3)
    tensor([5., 0., 2.])
    """
    return value.new_zeros(groups).index_add(0, index, value)
