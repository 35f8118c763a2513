"""What an encoder knows of a task itself: its identity, its embedding Z, or both."""

import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import LinkGraph, TaskGraph


class TaskInput(nn.Module):
    """Linear map of the one-hot identity and/or the embedding Z of each task to [N, out_features].

    Args:
        num_tasks: number of tasks in the fit graph, the width of the one-hot part.
        num_features: width of Z; 0 for no Z.
        out_features: width of the output.
        one_hot: use the identity; its weights belong to known tasks, so new tasks cannot be embedded.

    Raises:
        UserError: if there is neither identity nor Z.
    """

    def __init__(self, num_tasks: int, num_features: int, out_features: int, *, one_hot: bool) -> None:
        super().__init__()
        if not one_hot and num_features == 0:
            raise UserError("an encoder without one-hot input needs task embeddings: set z to 'metadata'")
        # A linear map of the identity matrix is its weight matrix.
        self.of_task = nn.Parameter(torch.empty(num_tasks, out_features)) if one_hot else None
        self.of_z = nn.Linear(num_features, out_features, bias=False) if num_features else None
        if self.of_task is not None:
            nn.init.xavier_uniform_(self.of_task)

    def forward(self, graph: TaskGraph | LinkGraph) -> Tensor:
        """Embed the tasks of one graph: [N, out_features] float."""
        if self.of_z is None:
            return self.of_task  # type: ignore[return-value]  # one of the two is there
        of_z: Tensor = self.of_z(graph.x)
        return of_z if self.of_task is None else of_z + self.of_task
