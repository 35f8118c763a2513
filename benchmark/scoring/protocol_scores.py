"""All metrics of the protocol from predicted scores and the truth, one value per split and target."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from benchmark.metrics import (
    concordance,
    per_target_auc,
    per_target_ndcg,
    per_target_recall,
    per_target_regret,
    per_target_spearman,
    per_target_weighted_tau,
    pooled_spearman,
)
from benchmark.scoring.measured import HEADLINE, Measured
from datamodules.base import AffinityDataModule
from datamodules.splits.protocol import Split
from datamodules.standardise import column_moments

FloatArray = npt.NDArray[np.float64]
PerTarget = Callable[[Tensor, Tensor, Tensor], Tensor]

CUTOFFS = (1, 3, 5)

# Inductive blocks: whether the source and the target of a transfer are new.
KNOWN_TO_NEW, NEW_TO_KNOWN, NEW_TO_NEW = (False, True), (True, False), (True, True)


def score_splits(scores: FloatArray, datamodule: AffinityDataModule) -> dict[str, Measured]:
    """Score one model's predictions on all splits of a datamodule.

    Args:
        scores: [S, N, N] float64 in standardised units, rows and columns in the table's order; only the
            queries are read.
        datamodule: datamodule with the splits and the truth.

    Returns:
        The metrics by name; ``spearman`` is the headline.
    """
    if datamodule.setting == "inductive":
        return _inductive(scores, datamodule)
    query = np.stack([split.query for split in datamodule.splits])
    return {**_within_splits(scores, query, datamodule), **_whole_columns(scores, datamodule)}


def _inductive(scores: FloatArray, datamodule: AffinityDataModule) -> dict[str, Measured]:
    splits = datamodule.splits
    truth = np.broadcast_to(datamodule.table.value, scores.shape)
    query = np.stack([_block(split, KNOWN_TO_NEW) for split in splits])
    back = np.stack([_block(split, NEW_TO_KNOWN) for split in splits])
    among = np.stack([_block(split, NEW_TO_NEW) for split in splits])
    concordant, pairs = concordance(*_tensors(scores, truth, among))
    return {
        **_within_splits(scores, query, datamodule),
        "new_to_known.spearman": Measured(
            per_target_spearman(*_tensors(scores, truth, back)).numpy(), _asked(back)
        ),
        # Too few queries per target to rank: all within-target pairs of a split are pooled.
        "new_to_new.concordance": Measured((concordant / pairs).numpy()[:, None], len(splits)),
    }


def _block(split: Split, new: tuple[bool, bool]) -> npt.NDArray[np.bool_]:
    block: npt.NDArray[np.bool_] = (
        split.query & (split.new == new[0])[:, None] & (split.new == new[1])[None, :]
    )
    return block


def _within_splits(
    scores: FloatArray, query: npt.NDArray[np.bool_], datamodule: AffinityDataModule
) -> dict[str, Measured]:
    value = datamodule.table.value
    inputs = _tensors(scores, np.broadcast_to(value, scores.shape), query)
    moments = [column_moments(value, datamodule.training_mask(split)) for split in datamodule.splits]
    in_unit = np.stack(
        [matrix * deviation + mean for matrix, (mean, deviation) in zip(scores, moments, strict=True)]
    )
    metrics: dict[str, PerTarget] = {
        HEADLINE: per_target_spearman,
        "weighted_tau": per_target_weighted_tau,
        "auc": per_target_auc,
        **_at_cutoffs(value),
        **{f"ndcg@{k}": partial(per_target_ndcg, k=k) for k in CUTOFFS},
    }
    return {
        **{name: Measured(metric(*inputs).numpy(), _asked(query)) for name, metric in metrics.items()},
        "pooled_spearman": Measured(
            pooled_spearman(torch.from_numpy(in_unit), *inputs[1:]).numpy()[:, None], len(query)
        ),
    }


def _at_cutoffs(value: FloatArray) -> dict[str, PerTarget]:
    measured = np.isfinite(value)
    high = np.where(measured, value, -np.inf).max(0)
    low = np.where(measured, value, np.inf).min(0)
    span = torch.from_numpy(np.where(measured.any(0), high - low, np.nan))
    return {
        **{f"recall@{k}": partial(per_target_recall, k=k) for k in CUTOFFS},
        **{f"regret@{k}": partial(per_target_regret, k=k, span=span) for k in CUTOFFS},
    }


def _whole_columns(scores: FloatArray, datamodule: AffinityDataModule) -> dict[str, Measured]:
    """Score whole columns from the predictions of a repeat's folds, which together hide every entry.

    Scores stay in standardised units: the mean of a fold's observed entries moves against the entries that it
    hides, so that restoring it would distort the ranking between folds. Incomplete repeats, of which some
    splits were not run, are not scored.
    """
    value, eligible = datamodule.table.value, datamodule.table.eligible
    repeats = sorted({split.repeat for split in datamodule.splits})
    pooled, masks = [], []
    for repeat in repeats:
        own = [position for position, split in enumerate(datamodule.splits) if split.repeat == repeat]
        hidden = np.stack([datamodule.splits[position].query for position in own])
        times = hidden.sum(0)
        # At 2/3, two splits hide the same entry: average their predictions.
        pooled.append(np.where(hidden, scores[own], 0.0).sum(0) / np.maximum(times, 1))
        masks.append(eligible & (times > 0).all(where=eligible))
    stacked = np.stack(pooled)
    mask = np.stack(masks)
    inputs = _tensors(stacked, np.broadcast_to(value, stacked.shape), mask)
    metrics: dict[str, PerTarget] = {HEADLINE: per_target_spearman, **_at_cutoffs(value)}
    return {
        f"column.{name}": Measured(metric(*inputs).numpy(), _asked(mask)) for name, metric in metrics.items()
    }


def _asked(query: npt.NDArray[np.bool_]) -> int:
    return int(query.any(-2).sum())


def _tensors(*arrays: npt.NDArray[np.generic]) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(np.array(array)) for array in arrays)
