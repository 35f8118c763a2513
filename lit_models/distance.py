"""Distance of embeddings: tasks transfer well to tasks that look alike."""

from typing import ClassVar

from torch import Tensor
from torch.linalg import vector_norm
from torch.nn.functional import normalize

from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from lit_models.base import RecoveryModel
from lit_models.gae import GAE


class CosineSimilarity(RecoveryModel):
    """Cosine of the two tasks' embeddings Z, whatever was measured.

    How Vu et al. (EMNLP 2020) choose a source by its task embedding. The scores are cosines,
    not standardised affinities: what is ranked is one target's sources.

    Args:
        num_tasks: unused; every recovery model takes it.
        num_features: width of Z.

    Raises:
        UserError: if there is no Z.
    """

    directed: ClassVar[bool] = False

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # the factory's signature
        super().__init__()
        if num_features == 0:
            raise UserError("a cosine needs task embeddings: set z to 'metadata' or 'prompt'")

    def forward(self, graph: TaskGraph) -> Tensor:
        """[N, N] float in [−1, 1], symmetric; 0 for a task whose Z is 0."""
        x = normalize(graph.x, dim=-1)
        return x @ x.mT


class GAEDistance(GAE):
    """A GAE that is trained as one and then ranks by −‖v_i − v_j‖, blind to direction.

    The seed's problem statement asks for a vector a task whose distance approximates transferability.
    """

    def forward(self, graph: TaskGraph) -> Tensor:
        """Negative distances, [N, N] float ≤ 0."""
        vectors = self.encode(graph)
        # By differences: as |a|² + |b|² − 2 a·b, a distance near 0 would be the root of what rounding leaves.
        return -vector_norm(vectors[:, None] - vectors, dim=-1)
