"""How often each transfer was measured, and how far its measurements lie apart."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from datamodules.matrix_types import FloatMatrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    """Repeated measurements of the N × N transfers of a table, source × target.

    The standard error of a table's value is ``deviation / sqrt(count)``.

    Attributes:
        count: [N, N] int64, the measurements that the table's value stands for; 0 where there is none.
        deviation: [N, N] float64 ≥ 0, standard deviation of a single measurement (divisor: one less than the
            number of measurements), in the table's unit; NaN where unknown.
        runs: [R, N, N] float64, the R measurements themselves, in the table's unit and higher is better; NaN
            where a run lacks the transfer. None where only their deviation is known.
    """

    count: npt.NDArray[np.int64]
    deviation: FloatMatrix
    runs: npt.NDArray[np.float64] | None = None

    @classmethod
    def of_runs(cls, runs: npt.NDArray[np.float64]) -> Self:
        """Count repeated measurements and take their standard deviation.

        Args:
            runs: [R, N, N] float64, NaN where a run lacks the transfer.

        Returns:
            The replicates; the deviation is NaN where fewer than two runs have the transfer.

        >>> one_cell = Replicates.of_runs(np.array([[[1.0]], [[3.0]], [[np.nan]]]))
        >>> one_cell.count.tolist(), one_cell.deviation.round(3).tolist()
        ([[2]], [[1.414]])
        """
        measured = np.isfinite(runs)
        count = measured.sum(axis=0)
        mean = np.where(measured, runs, 0.0).sum(axis=0) / np.maximum(count, 1)
        squares = np.where(measured, (runs - mean) ** 2, 0.0).sum(axis=0)
        deviation = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
        return cls(count=count, deviation=deviation, runs=runs)
