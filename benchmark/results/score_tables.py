"""The tables beside a result file: predicted scores and training curves, in long format."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from datamodules.base import AffinityDataModule
from lit_models.training.lit_recovery import CurvePoint


def score_table(member_scores: npt.NDArray[np.float64], datamodule: AffinityDataModule) -> pd.DataFrame:
    """Make the table of predicted scores.

    Args:
        member_scores: [S, K, N, N] float64, in the table's order.
        datamodule: datamodule with the splits.

    Returns:
        One row per query: ``split`` (number), ``source``, ``target``, ``score`` (mean over members, in
        standardised units) and ``spread`` (ensemble standard deviation; 0 for one member).
    """
    names = np.array(datamodule.table.task_names)
    parts = []
    for split, scores in zip(datamodule.splits, member_scores, strict=True):
        source, target = np.nonzero(split.query)
        of_members = scores[:, source, target]
        parts.append(
            pd.DataFrame(
                {
                    "split": split.number,
                    "source": names[source],
                    "target": names[target],
                    "score": of_members.mean(0),
                    "spread": of_members.std(0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def curve_table(curve: Sequence[CurvePoint], datamodule: AffinityDataModule) -> pd.DataFrame:
    """Make the table of training curves.

    Args:
        curve: losses that the module recorded at each validation check.
        datamodule: datamodule with the splits.

    Returns:
        One row per check and split: ``epoch``, ``split``, ``train_loss`` and ``validation_loss``, both means
        over members.
    """
    return pd.DataFrame(
        [
            (point.epoch, datamodule.splits[position].number, float(train), float(validation))
            for point in curve
            for position, train, validation in zip(
                point.position.tolist(),
                point.train_loss.mean(-1),
                point.validation_loss.mean(-1),
                strict=True,
            )
        ],
        columns=["epoch", "split", "train_loss", "validation_loss"],
    ).sort_values(["epoch", "split"], ignore_index=True)
