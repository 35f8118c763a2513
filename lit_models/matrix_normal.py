"""A Gaussian process over transfers that learns the covariances of sources and of targets."""

import math

import torch
from torch import Tensor

from datamodules.graph import TaskGraph, ends
from lit_models.base import RecoveryModel
from lit_models.layers.kronecker import kronecker_solve
from lit_models.layers.pair_kernel import regression_with_pairs
from lit_models.noise import normal

# Of conjugate gradients. With a third hidden, 20 are accurate to 1e-7, and 60 are whatever the matrix.
STEPS = 60
STEPS_OF_PROBES = 20
# Each probe estimates a covariance by its rows or columns, N or √(ST): as many for every large matrix.
PROBES = 64
ROWS_OF_PROBES = 1600


class MatrixNormal(RecoveryModel):
    """Matrix-normal affinities with noise; both covariances are fitted by EM, with priors based on Z.

    Y = F + ε with vec F ~ N(0, S ⊗ T) (Dawid, Biometrika 1981). S, over sources, and T, over targets, have
    inverse Wishart priors centred on the same matrix: a mixture of the identity, the cosines of Z and a
    constant shared by all pairs of tasks. Each EM iteration sets S to the weighted mean of the prior and
    E[F T⁻¹ Fᵀ] / N, and T analogously (the alternation of Dutilleul, J. Stat. Comput. Simul. 1999, for
    observed entries only). The expectations are estimated from posterior samples (perturb and solve,
    Papandreou & Yuille, NIPS 2010), which avoids any N² × N² matrix; all graphs share the random probes.

    The covariances of a new task come from its Z. Given pair features, a Gaussian process on them is added to
    F once S and T are fitted: fitting all three together is no better, and several times slower.

    Args:
        num_tasks: unused; part of the common signature.
        num_features: width of Z; unused, the graph's own Z is read.
        of_z: weight of the cosines of Z relative to the identity in the prior, in [0, 1].
        common: weight of the constant in the prior, in [0, 1].
        strength: weight of the prior, in numbers of tables with N tasks.
        noise: variance of ε, in squared units of the standardised affinity.
        rounds: number of EM iterations.
    """

    knows_tasks_by_identity = True

    def __init__(
        self,
        num_tasks: int,  # noqa: ARG002  # common signature
        num_features: int,  # noqa: ARG002  # common signature
        *,
        of_z: float = 0.5,
        common: float = 0.3,
        strength: float = 1.0,
        noise: float = 0.15,
        rounds: int = 3,
    ) -> None:
        super().__init__()
        self.of_z = of_z
        self.common = common
        self.strength = strength
        self.noise = noise
        self.rounds = rounds

    @property
    def reads_bipartite(self) -> bool:
        """Sources and targets are read apart."""
        return True

    def forward(self, graph: TaskGraph) -> Tensor:
        """Posterior mean, [N, N] float; computed in float64."""
        z, z_target = ends(graph.x.double(), graph)
        source_prior = target_prior = self.prior(z)
        if z_target is not z:
            target_prior = self.prior(z_target)
        observed, value = graph.observed.double(), graph.affinity.double()
        shape = value.shape
        # The same key for every graph: the probes are part of the method and do not vary between members.
        key = torch.zeros((), dtype=torch.int64, device=value.device)
        probes = min(PROBES, -(-ROWS_OF_PROBES // math.isqrt(shape.numel())))
        latent, error = normal(key, torch.Size((2, probes, *shape)), call=0, dtype=value.dtype)
        source, target = source_prior, target_prior
        for _ in range(self.rounds):
            of_source, of_target = _root(source), _root(target)
            prior_draw = of_source @ latent @ of_target.mT
            # The observed values go last, after simulated observations drawn from the prior.
            shown = torch.cat([observed * (prior_draw + self.noise**0.5 * error), value[None]])
            alpha = self._solve(source, target, shown, observed, steps=STEPS_OF_PROBES)
            recovered = source @ alpha @ target
            deviation = prior_draw - recovered[:-1]  # distributed as F is around its posterior mean
            whole = torch.cat([deviation / probes**0.5, recovered[-1:]])
            source, target = (
                self._updated(source_prior, whole, of_target),
                self._updated(target_prior, whole.mT, of_source),
            )
            target = target / target.diagonal().mean()  # S ⊗ T has one scale, and S keeps it
        if graph.edge_attr.shape[-1]:
            scores = regression_with_pairs(graph.edge_attr, source, target, value, observed, ridge=self.noise)
            return scores.to(graph.affinity)
        alpha = self._solve(source, target, value, observed, steps=STEPS)
        return (source @ alpha @ target).to(graph.affinity)

    def prior(self, z: Tensor) -> Tensor:
        """Centre of the prior of a covariance between tasks.

        Args:
            z: [N, F] float64, their embeddings.

        Returns:
            [N, N] float64; 1 on the diagonal for tasks with a non-zero Z.
        """
        identity = torch.eye(len(z), dtype=z.dtype, device=z.device)
        related = torch.nn.functional.normalize(z, dim=-1)
        of_z = self.of_z if z.shape[-1] else 0.0
        own = (1.0 - of_z) * identity + of_z * related @ related.mT
        return (1.0 - self.common) * own + self.common

    def _solve(
        self, source: Tensor, target: Tensor, value: Tensor, observed: Tensor, *, steps: int
    ) -> Tensor:
        return kronecker_solve(source, target, value, observed, ridge=self.noise, steps=steps)

    def _updated(self, prior: Tensor, whole: Tensor, other_root: Tensor) -> Tensor:
        """Weighted mean of the prior and E[F K⁻¹ Fᵀ] / N, K the covariance of the other side's N tasks."""
        white = torch.linalg.solve_triangular(other_root, whole.mT, upper=False)
        moment = (white.mT @ white).sum(0) / whole.shape[-1]
        updated: Tensor = (self.strength * prior + moment) / (self.strength + 1.0)
        return updated


def _root(covariance: Tensor) -> Tensor:
    """Lower Cholesky factor of a matrix that may be singular because of Z."""
    jitter = 1e-6 * torch.eye(len(covariance), dtype=covariance.dtype, device=covariance.device)
    root: Tensor = torch.linalg.cholesky(covariance + jitter)
    return root
