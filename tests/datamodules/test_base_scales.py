"""The scale of an episode is the one that was asked for, and held-back values stay on it."""

import numpy as np
import pytest
from scipy import stats

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule, Stage
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.splits.protocol import Setting
from datamodules.standardise import column_moments


@pytest.mark.parametrize("setting", ["transductive", "inductive"])
@pytest.mark.parametrize("stage", ["fit", "predict"])
@pytest.mark.parametrize("train_on_validation", [False, True])
def test_a_mixed_scale_is_half_ranks_of_the_observed_entries(
    table: AffinityTable, setting: Setting, stage: Stage, train_on_validation: bool
) -> None:
    plain, mixed = (
        AffinityDataModule(
            table=table,
            setting=setting,
            numbers=[5, 0],
            scale=scale,
            train_on_validation=train_on_validation,
        )
        for scale in ("zscore", "mix")
    )
    for position in range(2):
        z, mix = (module.episode(position, stage=stage).graph for module in (plain, mixed))
        ranks = 2 * mix.affinity - z.affinity
        for target, observed in enumerate(z.observed.mT):
            column = z.affinity[observed, target]
            expected = stats.norm.ppf((stats.rankdata(column) - 0.5) / max(len(column), 1))
            np.testing.assert_allclose(ranks[observed, target], expected, atol=1e-5)


def test_held_back_values_of_nearly_equal_entries_do_not_run_away() -> None:
    """Of Taskonomy's win rates a target's observed ones may all but agree, and the next be far off them."""
    module = DatasetDataModule(dataset="taskonomy", label="winrate")
    unbounded, found = [], []
    for position, split in enumerate(module.splits):
        mean, deviation = column_moments(module.table.value, split.observed)
        z = (module.table.value - mean) / deviation
        unbounded.append(np.abs(z[split.validation]).max())
        found.append(module.episode(position, stage="fit").validation.value.abs().max().item())
    assert max(unbounded) > 100
    assert max(found) < np.sqrt(24)
