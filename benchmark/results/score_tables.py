"""The tables beside a result file: predicted scores and training curves, in long format."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import Tensor

from datamodules.base import AffinityDataModule
from lit_models.training.lit_recovery import CurvePoint


def score_table(member_scores: npt.NDArray[np.float64], datamodule: AffinityDataModule) -> pd.DataFrame:
    """Make the table of predicted scores.

    Args:
        member_scores: [S, K, ...] float64, the datamodule's ``area`` of the table.
        datamodule: datamodule with the splits.

    Returns:
        One row per query: ``split`` (number), ``source``, ``target``, ``score`` (mean over members, in
        standardised units) and ``spread`` (ensemble standard deviation; 0 for one member).
    """
    names = np.array(datamodule.table.task_names)
    rows, columns = (names[axis.ravel()] for axis in datamodule.area)
    parts = []
    for split, scores in zip(datamodule.splits, member_scores, strict=True):
        source, target = np.nonzero(split.query[datamodule.area])
        of_members = scores[:, source, target]
        parts.append(
            pd.DataFrame(
                {
                    "split": split.number,
                    "source": rows[source],
                    "target": columns[target],
                    "score": of_members.mean(0),
                    "spread": of_members.std(0),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


class CurveLosses(NamedTuple):
    """Losses of one split's members at one validation check.

    Attributes:
        epoch: epochs trained before it.
        split: number of the split.
        train_loss: [K] float.
        validation_loss: [K] float, NaN without validation entries.
    """

    epoch: int
    split: int
    train_loss: Tensor
    validation_loss: Tensor


def curve_losses(curve: Sequence[CurvePoint], *, numbers: Sequence[int]) -> list[CurveLosses]:
    """Separate a module's curve by split.

    Args:
        curve: losses that the module recorded at each validation check.
        numbers: split numbers of its datamodule.

    Returns:
        One entry per check and split.
    """
    return [
        CurveLosses(point.epoch, numbers[position], train, validation)
        for point in curve
        for position, train, validation in zip(
            point.position.tolist(), point.train_loss, point.validation_loss, strict=True
        )
    ]


def curve_table(losses: Sequence[CurveLosses]) -> pd.DataFrame:
    """Make the table of training curves.

    Args:
        losses: from one or several modules, which may have trained different members of a split.

    Returns:
        One row per check and split: ``epoch``, ``split``, ``train_loss`` and ``validation_loss``, both means
        over the members that were still trained.
    """
    of_check: dict[tuple[int, int], list[CurveLosses]] = {}
    for each in losses:
        of_check.setdefault((each.epoch, each.split), []).append(each)
    return pd.DataFrame(
        [
            (
                *check,
                float(torch.cat([each.train_loss for each in parts]).mean()),
                float(torch.cat([each.validation_loss for each in parts]).mean()),
            )
            for check, parts in sorted(of_check.items())
        ],
        columns=["epoch", "split", "train_loss", "validation_loss"],
    )
