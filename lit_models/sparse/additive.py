"""Sparse form of the additive model: source effect plus target effect, by a sparse system."""

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, cg
from torch import Tensor

from datamodules.sparse.graph import SparseGraph
from lit_models.additive import Additive
from lit_models.base import RecoveryModel
from lit_models.sparse.base import SparseModel

Vector = npt.NDArray[np.float64]

TOLERANCE = 1e-6


class SparseAdditive(SparseModel):
    """Ridge regression on the identity of the source and of the target.

    Minimises Σ (y_st − a_s − b_t)² + ridge (|a|² + |b|²), as the alternation of the model of matrices does
    in the limit: a sparse system with a row a task, solved by conjugate gradients (Hestenes & Stiefel, 1952)
    with the diagonal as preconditioner.

    Args:
        model: the additive model.
    """

    def __init__(self, model: RecoveryModel) -> None:
        super().__init__()
        if not isinstance(model, Additive):
            raise TypeError(f"{type(model).__name__} is not additive")
        self.ridge = model.ridge

    def encode(self, graph: SparseGraph) -> Tensor:
        """Effect as a source and as a target, [N, 2] float; 0 for a task without observed cells."""
        source, target = graph.source.numpy(force=True), graph.target.numpy(force=True)
        value = graph.value.numpy(force=True).astype(np.float64)
        tasks = graph.num_tasks
        cells = csr_array((np.ones(len(value)), (source, target)), shape=(tasks, tasks))
        diagonal = np.concatenate(
            [np.bincount(side, minlength=tasks) + self.ridge for side in (source, target)]
        )
        wanted = np.concatenate([np.bincount(side, value, minlength=tasks) for side in (source, target)])
        transposed = cells.T.tocsr()

        def apply(effects: Vector) -> Vector:
            of_source, of_target = np.split(effects, 2)
            image: Vector = diagonal * effects + np.concatenate([cells @ of_target, transposed @ of_source])
            return image

        size = (2 * tasks, 2 * tasks)
        system = LinearOperator(size, matvec=apply, dtype=np.float64)
        preconditioner = LinearOperator(size, matvec=lambda vector: vector / diagonal, dtype=np.float64)
        effects, _ = cg(system, wanted, rtol=TOLERANCE, M=preconditioner)
        return torch.from_numpy(effects.reshape(2, tasks).T.astype(np.float32)).to(graph.value)

    def decode(self, source: Tensor, target: Tensor) -> Tensor:
        """Sum of both effects."""
        return source[:, 0] + target[:, 1]
