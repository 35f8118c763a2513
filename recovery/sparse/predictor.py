"""Predictions of a fitted sparse model for any number of pairs: its tasks are encoded once."""

import numpy as np
import numpy.typing as npt
import torch

from benchmark.running.fit_sparse import FittedSparse
from recovery.sparse.calibration import Calibration


class Predictor:
    """Values of pairs of a source and a target, in the table's unit; higher is better.

    Args:
        fitted: the model.
        calibration: puts its scores into the unit.
    """

    def __init__(self, fitted: FittedSparse, calibration: Calibration) -> None:
        module, table = fitted.module.eval(), fitted.data.table
        self._model, self._calibration = module.model, calibration
        self._of_source, self._of_target = (
            torch.from_numpy(each) for each in (table.source_task, table.target_task)
        )
        with torch.no_grad():
            self._vectors = self._model.encode(module.graph(step=0))

    def __call__(
        self, source: npt.NDArray[np.integer], target: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.float64]:
        """Predict.

        Args:
            source: [M] integers, index of each source.
            target: [M] integers, index of each target.

        Returns:
            [M] float64.
        """
        tasks = self._of_source[torch.from_numpy(source)], self._of_target[torch.from_numpy(target)]
        with torch.no_grad():
            scores = self._model.decode(*(self._vectors[each] for each in tasks)).numpy()
        return self._calibration.value(scores, target)
