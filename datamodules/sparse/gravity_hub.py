"""Synthetic model hubs whose truth is known: power-law many measurements in a world of gravity."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datamodules.errors import UserError
from datamodules.sparse.table import SparseAffinityTable

DIMENSIONS = 3
# Exponent of the share of sources (or targets) with k measurements, k^-γ, as in citation graphs and the web.
TAIL = 2.5
SOFTENING = 0.1  # of the distance, as in the models' decoder: places are never the same
LEAST_OF_A_TARGET = 8  # measurements that every target has, so that it can be split and scored
FULLEST = 0.5  # share of all pairs beyond which a hub is a matrix


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GravityHub:
    """A hub and the world that it was measured in.

    Attributes:
        table: the measured cells, noise included; higher is better.
        source_place: [S, 3] float32, where sources lie.
        target_place: [T, 3] float32, where targets lie.
        log_mass: [S] float32, of the sources.
    """

    table: SparseAffinityTable
    source_place: npt.NDArray[np.float32]
    target_place: npt.NDArray[np.float32]
    log_mass: npt.NDArray[np.float32]

    def help(
        self, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.float32]:
        """The truth: how much sources help targets, before noise and the target's own unit.

        Args:
            source: [M] integers in [0, S).
            target: [M] integers in [0, T).

        Returns:
            [M] float32, comparable within a target.
        """
        return _help(self.source_place[source], self.target_place[target], self.log_mass[source])


def draw_gravity_hub(
    *,
    cells: int,
    sources: int | None = None,
    targets: int | None = None,
    seed: int = 0,
    noise: float = 0.3,
) -> GravityHub:
    """Draw a bipartite hub: source s helps target t by log(mass of s) − log(squared distance), plus noise.

    The law is that of the gravity-inspired decoder of Salha et al. (CIKM 2019). How often a source, or a
    target, is measured follows a power law with exponent 2.5 (as far as there are pairs left), whatever its
    values; each source is measured at least once, each target at least eight times. Each target reports in a
    unit of its own, as metrics of different data sets do. Memory grows with the cells.

    Args:
        cells: measured cells E.
        sources: number S; a tenth of all pairs is measured with the default of 10³ at 10⁴ cells, 10⁵ at 10⁷.
        targets: number T; 10² at 10⁴ cells and 10³ at 10⁷ by default.
        seed: seed of the world.
        noise: standard deviation of the noise in that of the help.

    Returns:
        The hub.

    Raises:
        UserError: if more than half of all pairs would be measured, or too few for every source and target.

    >>> draw_gravity_hub(cells=10_000).table
    SparseAffinityTable(gravity-hub: 1,000 sources × 100 targets, 10,000 cells measured, 0.1 of all)
    """
    sources = round(1000 * (cells / 1e4) ** (2 / 3)) if sources is None else sources
    targets = round(100 * (cells / 1e4) ** (1 / 3)) if targets is None else targets
    least = sources + LEAST_OF_A_TARGET * targets
    if not least <= cells <= FULLEST * sources * targets or sources < 2 * LEAST_OF_A_TARGET:
        raise UserError(
            f"a hub of {sources} sources × {targets} targets takes {least} to "
            f"{int(FULLEST * sources * targets)} measured cells, and at least {2 * LEAST_OF_A_TARGET} "
            f"sources; got {cells} cells"
        )
    rng = np.random.default_rng(seed)
    source, target = _draw_pairs(rng, cells, sources, targets)
    place = rng.normal(size=(sources, DIMENSIONS)).astype(np.float32)
    needs = rng.normal(size=(targets, DIMENSIONS)).astype(np.float32)
    log_mass = rng.normal(size=sources).astype(np.float32)
    worth = _help(place[source], needs[target], log_mass[source])
    worth = (worth - worth.mean()) / worth.std()
    worth += np.float32(noise) * rng.standard_normal(cells, dtype=np.float32)
    level, scale = rng.uniform(1.0, 5.0, size=targets), np.exp(rng.normal(size=targets))
    table = SparseAffinityTable(
        name="gravity-hub",
        unit="help in a unit of each target",
        source_names=_names("model", sources),
        target_names=_names("data set", targets),
        source=source.astype(np.int32),
        target=target.astype(np.int32),
        value=(level[target] + scale[target] * worth).astype(np.float32),
    )
    return GravityHub(table=table, source_place=place, target_place=needs, log_mass=log_mass)


def _names(kind: str, count: int) -> tuple[str, ...]:
    """Numbered names whose order is that of the numbers."""
    return tuple(f"{kind} {number:0{len(str(count))}}" for number in range(count))


def _help(
    source: npt.NDArray[np.float32], target: npt.NDArray[np.float32], log_mass: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    squared = np.square(source - target).sum(-1)
    attraction: npt.NDArray[np.float32] = log_mass - np.log(squared + np.float32(SOFTENING))
    return attraction


def _draw_pairs(
    rng: np.random.Generator, cells: int, sources: int, targets: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """[E] int64 twice: different pairs, ends drawn by power laws apart from the least of each."""
    of_source, of_target = _popularity(rng, sources), _popularity(rng, targets)
    least = [
        np.arange(sources) + sources * _draw(rng, of_target, sources),
        *(
            rng.choice(sources, LEAST_OF_A_TARGET, replace=False) + sources * target
            for target in range(targets)
        ),
    ]
    pairs = _different(np.concatenate(least))
    while len(pairs) < cells:
        # More than are missing: pairs of two that are popular are drawn again and again.
        count = 2 * (cells - len(pairs)) + cells // 10
        drawn = _different(_draw(rng, of_source, count) + sources * _draw(rng, of_target, count))
        new = drawn[pairs[np.searchsorted(pairs, drawn) % len(pairs)] != drawn]
        missing = min(cells - len(pairs), len(new))
        pairs = np.sort(np.concatenate([pairs, rng.choice(new, missing, replace=False)]))
    target, source = np.divmod(pairs, sources)
    return source, target


def _different(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Ascending, without repetitions; numpy's own takes ten times as long for ten million of them."""
    numbers.sort()
    new = np.ones(len(numbers), dtype=bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return numbers[new]


def _popularity(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    """Cumulative shares of a power law with exponent ``TAIL``: the upper edge of each one's interval."""
    weight = 1.0 + rng.pareto(TAIL - 1.0, size=count)
    edges: npt.NDArray[np.float64] = np.cumsum(weight) / weight.sum()
    return edges


def _draw(rng: np.random.Generator, edges: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    drawn: npt.NDArray[np.int64] = np.searchsorted(edges, rng.random(count), side="right")
    return np.minimum(drawn, len(edges) - 1)
