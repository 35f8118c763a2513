"""What a recovery model must offer: one method, on one graph."""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn

from datamodules.graph import Targets, TaskGraph
from datamodules.splits.protocol import Setting


class RecoveryModel(nn.Module, ABC):
    """Scores every transfer of a partly observed graph.

    A subclass needs :meth:`forward`. It is built from ``(num_tasks, num_features)`` of the fit graph and
    sees one graph at a time; :class:`lit_models.training.lit_recovery.LitRecovery` makes batches of episodes
    and members through :func:`torch.func.vmap`. All randomness comes from :mod:`lit_models.noise` and
    ``graph.key``.

    Attributes:
        directed: whether the scores of (i, j) and (j, i) may differ.
        batchable: whether to try :func:`torch.func.vmap`; a model that leaves torch says no and runs one
            replica at a time.
        encoder_name: what the leaderboard calls the encoder; "" for a model without one.
        knows_tasks_by_identity: whether renaming the tasks changes more than the names of the scores: a
            task's position has weights, or draws of noise, of its own.
    """

    directed: ClassVar[bool] = True
    batchable: bool = True
    encoder_name: str = ""
    knows_tasks_by_identity: bool = False

    @abstractmethod
    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict standardised affinities.

        Args:
            graph: one graph of N tasks.

        Returns:
            [N, N] float, source × target: finite, higher = better transfer, in the units of
            ``graph.affinity``.
        """

    def loss(self, graph: TaskGraph, scores: Tensor) -> Tensor:
        """Training loss: mean squared error on the observed entries.

        Args:
            graph: the graph that was scored.
            scores: [N, N] float, what :meth:`forward` made of it.

        Returns:
            [] float.
        """
        return masked_squared_error(scores, graph.affinity, graph.observed)

    def objective(self, graph: TaskGraph) -> Tensor:
        """What a training step minimises; for a model whose loss needs more than its scores.

        Args:
            graph: the graph to fit.

        Returns:
            [] float; :meth:`loss` of :meth:`forward` unless overridden.
        """
        return self.loss(graph, self(graph))

    def calibrate(self, graph: TaskGraph, validation: Targets) -> dict[str, Tensor]:  # noqa: ARG002  # for subclasses
        """Fit buffers, such as the weights of a blend, to the revealed entries that were held back.

        Called before every validation check; the values count towards the state that is kept.

        Args:
            graph: the graph that the model is fitted to.
            validation: the held-back entries.

        Returns:
            New values of buffers by name; none unless overridden.
        """
        return {}

    def encode(self, graph: TaskGraph) -> Tensor:
        """Task embeddings that can be exported.

        Args:
            graph: one graph of N tasks.

        Returns:
            [N, d] float.

        Raises:
            NotImplementedError: if the model embeds no tasks.
        """
        raise NotImplementedError(f"{type(self).__name__} has no task embeddings")

    @property
    def settings(self) -> frozenset[Setting]:
        """Settings in which this instance can rank transfers."""
        return frozenset({"transductive", "inductive"})


def masked_squared_error(scores: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Mean squared error over the entries of a mask.

    Args:
        scores: [..., N, N] float.
        value: [..., N, N] float.
        mask: [..., N, N] bool.

    Returns:
        [...] float; 0 where the mask is empty.
    """
    error = ((scores - value) ** 2 * mask).sum((-2, -1))
    return error / mask.sum((-2, -1)).clamp(min=1)
