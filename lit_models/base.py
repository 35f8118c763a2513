"""Base class of all recovery models: one required method, on one graph."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from torch import Tensor, nn

from datamodules.graph import Targets, TaskGraph
from datamodules.splits.protocol import Setting


class RecoveryModel(nn.Module, ABC):
    """Scores every transfer of a partly observed graph.

    A subclass implements :meth:`forward`. It is built from ``(num_tasks, num_features)`` of the fit graph,
    told of pair features by :meth:`use_pair_features`, and sees one graph at a time;
    :class:`lit_models.training.lit_recovery.LitRecovery` batches episodes and ensemble members by
    :func:`torch.func.vmap`. All randomness must come from :mod:`lit_models.noise` and
    ``graph.key``.

    Attributes:
        directed: whether the scores of (i, j) and (j, i) may differ.
        batchable: whether to try :func:`torch.func.vmap`; False for a model that leaves torch, which then
            runs one replica at a time.
        encoder_name: name of the encoder on the leaderboard; "" for a model without one.
        knows_tasks_by_identity: whether the model is not equivariant to permutations of the tasks, because
            weights or draws of noise belong to a task's position.
    """

    directed: ClassVar[bool] = True
    batchable: bool = True
    encoder_name: str = ""
    knows_tasks_by_identity: bool = False

    def use_pair_features(self, count: int) -> None:
        """Make the layers that read ``graph.edge_attr``; called once, right after the constructor.

        A model without such layers ignores pair features.

        Args:
            count: number P of pair features; may be 0.

        Raises:
            UserError: if the model needs pair features and there are none.
        """

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
            graph: the scored graph.
            scores: [N, N] float, result of :meth:`forward`.

        Returns:
            [] float.
        """
        return masked_squared_error(scores, graph.affinity, graph.observed)

    def objective(self, graph: TaskGraph) -> Tensor:
        """Training objective; override it if the loss needs more than the scores.

        Args:
            graph: the graph to fit.

        Returns:
            [] float; by default the :meth:`loss` of :meth:`forward`.
        """
        return self.loss(graph, self(graph))

    def calibrate(self, graph: TaskGraph, validation: Targets) -> dict[str, Tensor]:  # noqa: ARG002  # for subclasses
        """Fit buffers, such as the weights of a blend, to the validation entries.

        Called before every validation check; the values are part of the state that is kept.

        Args:
            graph: the training graph.
            validation: the validation entries.

        Returns:
            Buffer name -> new value; empty by default.
        """
        return {}

    def encode(self, graph: TaskGraph) -> Tensor:
        """Learned task embeddings, for export.

        Args:
            graph: one graph of N tasks.

        Returns:
            [N, d] float.

        Raises:
            NotImplementedError: if the model has no task embeddings.
        """
        raise NotImplementedError(f"{type(self).__name__} has no task embeddings")

    @property
    def reads_bipartite(self) -> bool:
        """Whether this instance also takes bipartite graphs, and then returns [S, T] scores."""
        return False

    @property
    def settings(self) -> frozenset[Setting]:
        """Settings that this instance supports."""
        return frozenset({"transductive", "inductive"})


def build_model(
    build: Callable[[int, int], RecoveryModel],
    num_tasks: int,
    num_features: int,
    num_pair_features: int = 0,
) -> RecoveryModel:
    """Build a model for data of a given size.

    Args:
        build: makes a model from (num_tasks, num_features).
        num_tasks: number of tasks in the fit graph.
        num_features: width of the task embeddings.
        num_pair_features: number of pair features.

    Returns:
        The model.

    Raises:
        UserError: if it does not support the size.
    """
    model = build(num_tasks, num_features)
    model.use_pair_features(num_pair_features)
    return model


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
