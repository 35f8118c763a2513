"""A predictive distribution as bars: piecewise constant between fixed edges, with exponential tails.

What TabPFN calls a bar distribution (Müller et al., ICLR 2022; Hollmann et al., Nature 2025), with edges
that are evenly spaced under the hyperbolic arcsine: narrow where z-scores are common.
"""

from typing import NamedTuple

import torch
from torch import Tensor

BARS = 42  # two of them are the tails
OUTERMOST = 4.5
_STRETCH = 2.0
TAIL = 1.0  # mean distance of a tail's mass from its edge


def edges(dtype: torch.dtype = torch.float32, device: torch.device | None = None) -> Tensor:
    """[41] float, increasing, from −4.5 to 4.5."""
    grid = torch.linspace(-_STRETCH, _STRETCH, BARS - 1, dtype=torch.float64)
    stretched = torch.sinh(grid) * (OUTERMOST / torch.sinh(torch.tensor(_STRETCH, dtype=torch.float64)))
    return stretched.to(dtype=dtype, device=device)


class BarDistribution(NamedTuple):
    """Independent distributions of real numbers.

    Attributes:
        log_mass: [..., 42] float, log-probability of the lower tail, the bars, and the upper tail.
    """

    log_mass: Tensor

    @property
    def _edges(self) -> Tensor:
        return edges(self.log_mass.dtype, self.log_mass.device)

    def log_density(self, value: Tensor) -> Tensor:
        """Log-density at a value: [...] float for [...] float."""
        edge = self._edges
        # Not searchsorted, which vmap does not take.
        bar = (value[..., None] >= edge).sum(-1)
        width = torch.cat([edge.new_tensor([TAIL]), edge.diff(), edge.new_tensor([TAIL])])
        beyond = (value.abs() - OUTERMOST).clamp(min=0.0) / TAIL
        mass = self.log_mass.gather(-1, bar[..., None])[..., 0]
        return mass - width.log()[bar] - beyond

    @property
    def mean(self) -> Tensor:
        """[...] float."""
        return self.log_mass.exp() @ self._centres

    @property
    def scale(self) -> Tensor:
        """Standard deviation, [...] float."""
        edge = self._edges
        within = torch.cat(
            [edge.new_tensor([TAIL**2]), edge.diff().square() / 12, edge.new_tensor([TAIL**2])]
        )
        second = self.log_mass.exp() @ (self._centres.square() + within)
        return (second - self.mean.square()).clamp(min=0.0).sqrt()

    def quantile(self, level: float) -> Tensor:
        """The value below which a share of the mass lies.

        Args:
            level: that share, in (0, 1).

        Returns:
            [...] float.
        """
        edge = self._edges
        cumulative = self.log_mass.exp().cumsum(-1)[..., :-1]  # at the edges
        bar = (cumulative < level).sum(-1).clamp(1, BARS - 2)
        low, high = (cumulative.gather(-1, (bar + shift)[..., None])[..., 0] for shift in (-1, 0))
        share = ((level - low) / (high - low).clamp(min=1e-12)).clamp(0.0, 1.0)
        inside = edge[bar - 1] + share * (edge[bar] - edge[bar - 1])
        lowest, highest = cumulative[..., 0], 1.0 - cumulative[..., -1]
        below = edge[0] + TAIL * torch.log(level / lowest.clamp(min=1e-12)).clamp(max=0.0)
        above = edge[-1] - TAIL * torch.log((1.0 - level) / highest.clamp(min=1e-12)).clamp(max=0.0)
        return torch.where(level < lowest, below, torch.where(1.0 - level < highest, above, inside))

    @property
    def _centres(self) -> Tensor:
        """Mean of each bar."""
        edge = self._edges
        return torch.cat([edge[:1] - TAIL, (edge[1:] + edge[:-1]) / 2, edge[-1:] + TAIL])
