"""Distance between embeddings: tasks transfer well to similar tasks."""

from typing import ClassVar

from torch import Tensor
from torch.linalg import vector_norm
from torch.nn.functional import normalize

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, ends
from lit_models.base import RecoveryModel
from lit_models.gae import GAE


class CosineSimilarity(RecoveryModel):
    """Cosine similarity of the two tasks' embeddings Z; measured transfers are ignored.

    This is how Vu et al. (EMNLP 2020) choose a source. The scores are cosines, not standardised affinities,
    and only rank the sources of one target.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: width of Z.

    Raises:
        UserError: if there are no task embeddings.
    """

    directed: ClassVar[bool] = False

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # common signature
        super().__init__()
        if num_features == 0:
            raise UserError("a cosine needs task embeddings: set z to 'metadata' or 'prompt'")

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float in [−1, 1], symmetric; 0 for a task whose Z is 0."""
        source, target = ends(normalize(graph.x, dim=-1), graph)
        return source @ target.mT


class GAEDistance(GAE):
    """A GAE, trained with its inner-product decoder, that ranks by −‖v_i − v_j‖, regardless of direction.

    Tests whether distances between task vectors approximate transferability.
    """

    def forward(self, graph: TaskGraph) -> Tensor:
        """Negative distances, [N, N] float ≤ 0."""
        vectors = self.encode(graph)
        # By differences: with |a|² + |b|² − 2 a·b, a distance near 0 would be the root of a rounding error.
        return -vector_norm(vectors[:, None] - vectors, dim=-1)
