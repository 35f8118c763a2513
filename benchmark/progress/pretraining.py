"""Progress of pretraining: steps, time left, and a line per check."""

from collections.abc import Mapping

import numpy as np
from rich.console import Console

from benchmark.progress.counted import CountedProgress


class PretrainingProgress(CountedProgress):
    """A bar over steps; a line says what each check found.

    Args:
        console: where to.
        steps: of the whole run.
    """

    def __init__(self, *, console: Console, steps: int) -> None:
        super().__init__(console=console, pieces="steps", total=steps)

    def step(self, done: int) -> None:
        """A step was taken."""
        self._count(done, None)

    def row(self, row: Mapping[str, float]) -> None:
        """Print a row of the log.

        Args:
            row: see :class:`benchmark.pretraining.log.PretrainingLog`.
        """
        tables = {name: value for name, value in row.items() if "/" in name}
        words = (
            f"{row['worlds']:,} worlds, {row['worlds_per_second']:.0f} a second; synthetic: value loss "
            f"{row['validation_value_loss']:.3f}, rank correlation {row['validation_correlation']:.3f}; "
            f"development splits: mean {np.mean(list(tables.values())):.3f} ("
            + ", ".join(f"{name} {value:.3f}" for name, value in tables.items())
            + f"), coverage of 90 % intervals {row['coverage']:.3f}"
        )
        self._count(int(row["step"]), words, was_there=True)  # counted as a step before
