"""Base class of all set models: a recovery model with one more required method."""

from abc import abstractmethod

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.sets.set_graph import SetGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel


class SetModel(RecoveryModel):
    """Scores task sets, given single transfers and other sets.

    A subclass implements :meth:`forward_sets`; all else is as in :class:`lit_models.base.RecoveryModel`.
    Single transfers are scored as sets of one source unless it overrides :meth:`forward`.
    :class:`lit_models.sets.lit_sets.LitSets` trains it.

    Attributes:
        reads_values: whether the score of a set depends on the values of others, ``sets.value``. Each
            training step then hides a third of the sets and asks for these; otherwise it asks for all.
    """

    reads_values: bool = False

    @abstractmethod
    def forward_sets(self, graph: TaskGraph, sets: SetGraph) -> Tensor:
        """Predict what sets give to their targets.

        Args:
            graph: the single transfers between N tasks.
            sets: M sets, observed ones and others.

        Returns:
            [M] float, one score per set, observed or not: finite, higher = better transfer, comparable among
            the sets of one target. The score of a set that is not observed must not depend on which other
            sets that are not observed are there.
        """

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict single transfers as sets of one source with nothing known of other sets: [N, N] float."""
        tasks = len(graph.affinity)
        scores = self.forward_sets(graph, single_sets(graph))
        return scores.reshape(tasks, tasks)

    def objective_sets(self, graph: TaskGraph, sets: SetGraph, value: Tensor, asked: Tensor) -> Tensor:
        """Training objective: squared errors of sets, and the :meth:`objective` of single transfers.

        Args:
            graph: the single transfers.
            sets: M sets, of which those that are asked for are not observed if the model reads values.
            value: [M] float, z-scores per target; read where asked for.
            asked: [M] bool, the sets to predict.

        Returns:
            [] float.
        """
        error = ((self.forward_sets(graph, sets) - value) ** 2 * asked).sum() / asked.sum().clamp(min=1)
        return error + self.objective(graph)

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive: tasks of sets are known tasks."""
        return frozenset({"transductive"})


def single_sets(graph: TaskGraph) -> SetGraph:
    """All N² single transfers as sets of one source, none of them observed.

    Args:
        graph: one graph.

    Returns:
        M = N² sets, source by source.
    """
    tasks = len(graph.affinity)
    one = torch.arange(tasks, device=graph.affinity.device)
    nothing = torch.zeros(tasks * tasks, dtype=torch.bool, device=one.device)
    return SetGraph(
        members=torch.eye(tasks, dtype=torch.bool, device=one.device).repeat_interleave(tasks, 0),
        target=one.repeat(tasks),
        value=graph.affinity.new_zeros(tasks * tasks),
        observed=nothing,
        query=~nothing,
    )
