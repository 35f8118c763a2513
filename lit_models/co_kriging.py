"""Co-kriging: a cheaper measurement of every transfer, and kernel ridge regression on what it leaves."""

import torch
from torch import Tensor

from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.layers.kernels import rbf_kernel, task_kernels
from lit_models.layers.kronecker import kronecker_solve
from lit_models.zero_transfer import ZeroTransfer

STEPS = 60  # of conjugate gradients, as in kernel ridge


class CoKriging(RecoveryModel):
    """The affinity is a slope times the cheap figure plus a Gaussian process (Kennedy & O'Hagan, 2000).

    "Predicting the output from a complex computer code when fast approximations are available", Biometrika
    87. The process is that of kernel ridge, with tasks compared by their rows and columns of the cheap matrix
    as well. The slope is that of universal kriging, generalised least squares under the process, with a
    normal prior: few observed transfers say little of it, and a cheap matrix that explains nothing gets a
    slope near 0.

    Its pair feature is a cheaper measurement of the same transfers, the higher the better, such as that of
    smaller networks; it is standardised per target, as affinities are. A dataset with several pair features
    needs one named by the configuration's ``pairs``.

    Args:
        num_tasks: size of the fit graph.
        num_features: width of Z.
        ridge: λ of kernel ridge, in squared units of the standardised affinity.
        slope: mean of the slope's prior.
        spread: its standard deviation.
    """

    def __init__(
        self,
        num_tasks: int,
        num_features: int,
        *,
        ridge: float = 0.1,
        slope: float = 0.5,
        spread: float = 0.25,
    ) -> None:
        super().__init__()
        self.cheap = ZeroTransfer(num_tasks, num_features)
        self.ridge = ridge
        self.slope = slope
        self.spread = spread

    def use_pair_features(self, count: int) -> None:
        """Refuse data without a cheap matrix."""
        self.cheap.use_pair_features(count)

    @property
    def settings(self) -> frozenset[Setting]:
        """Transductive: tasks are compared by what is observed of them."""
        return frozenset({"transductive"})

    def forward(self, graph: TaskGraph) -> Tensor:
        """Predict [N, N] float; solved in float64, rounded to float32."""
        cheap = self.cheap(graph).double()
        value, observed = graph.affinity.double(), graph.observed.double()
        known = graph.eligible.any(-1) | graph.eligible.any(-2)
        of_cheap = rbf_kernel(torch.cat([cheap, cheap.mT], dim=-1), known)
        of_tasks, _ = task_kernels(graph, profile=True)  # one and the same, as the graph is square
        kernel = (of_tasks + of_cheap) / 2.0
        # Less the mean of the target's observed sources, which affinities are standardised by.
        shift = (cheap * observed).sum(-2, keepdim=True) / observed.sum(-2, keepdim=True).clamp(min=1.0)
        mean = cheap - shift
        seen = mean * observed

        def solve(right: Tensor) -> Tensor:
            return kronecker_solve(kernel, kernel, right, observed, ridge=self.ridge, steps=STEPS)

        of_value, of_mean = solve(value), solve(seen)
        precision = 1.0 / self.spread**2
        slope = ((seen * of_value).sum() + self.slope * precision) / ((seen * of_mean).sum() + precision)
        scores: Tensor = slope * mean + kernel @ (of_value - slope * of_mean) @ kernel
        return scores.float().to(graph.affinity)
