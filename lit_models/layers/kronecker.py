"""Linear systems whose matrix is a Kronecker product of a source and a target covariance."""

import torch
from torch import Tensor

from lit_models.layers.conjugate_gradients import conjugate_gradients


def kronecker_solve(
    source: Tensor, target: Tensor, value: Tensor, observed: Tensor, *, ridge: float | Tensor, steps: int
) -> Tensor:
    """Solve (K_oo + λI) α = y_o for K = source ⊗ target on the observed entries o.

    Imputes the entries h that are not observed, for on the whole grid the system is diagonal in the
    eigenvectors of the factors: with A = (K + λI)⁻¹ and the y_h that solve A_hh y_h = −A_ho y_o, α is A y,
    which vanishes on h. A_hh is well conditioned, and the better the more is observed, whereas the largest
    eigenvalue of K_oo grows with N². Neither K nor A is formed.

    Rows and columns without any observed entry do not take part. The number of steps is fixed, as vmap
    requires.

    Args:
        source: [N, N] float64, symmetric and positive semi-definite.
        target: [N, N] float64, symmetric and positive semi-definite.
        value: [..., N, N] float64, right-hand sides; 0 where not observed.
        observed: [N, N] float64, 1 where observed, else 0.
        ridge: λ > 0.
        steps: number of conjugate gradient steps. With a third hidden, 20 reach a relative error of 1e-7 for
            25 and for 100 tasks; with nine tenths hidden it takes 60.

    Returns:
        [..., N, N] float64, 0 where not observed.
    """
    of_source, source_vectors = torch.linalg.eigh(_among(observed.amax(-1), source))
    of_target, target_vectors = torch.linalg.eigh(_among(observed.amax(-2), target))
    precision = 1.0 / (of_source.clamp(min=0.0)[:, None] * of_target.clamp(min=0.0) + ridge)

    def apply(matrix: Tensor) -> Tensor:
        """A y of the whole grid."""
        rotated = source_vectors.mT @ matrix @ target_vectors
        product: Tensor = source_vectors @ (precision * rotated) @ target_vectors.mT
        return product

    hidden = 1.0 - observed
    imputed = conjugate_gradients(lambda each: hidden * apply(each), -hidden * apply(value), steps=steps)
    return observed * apply(value + imputed)


def _among(present: Tensor, covariance: Tensor) -> Tensor:
    """A covariance without the tasks that are not present, whose rows and columns become 0."""
    return present[:, None] * covariance * present
