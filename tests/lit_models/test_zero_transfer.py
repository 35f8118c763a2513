"""Zero measured transfers: a pair feature as it stands, and the correlations that its card prints."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from datamodules.base import AffinityDataModule
from datamodules.tables.medmnist import MEDMNIST
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery

# Of each configured estimator, as on the dataset's card: its column, and its mean Spearman with the AUC.
ON_THE_CARD = {
    "leep": ("leep", 0.327),
    "logme": ("logme", 0.308),
    "nleep": ("nleep", 0.429),
    "ncti": ("ncti", 0.159),
    "linear-probe": ("lp", 0.459),
}


@pytest.mark.parametrize(("name", "column", "spearman"), [(k, *v) for k, v in ON_THE_CARD.items()])
def test_scores_rank_as_the_published_figures_do(
    fit: Callable[..., tuple[LitRecovery, object]], name: str, column: str, spearman: float
) -> None:
    config = load_model(name)
    assert config.pairs == column
    table = MEDMNIST.read(regime="fine-tuned", label="auc")
    data = AffinityDataModule(table=table, numbers=[0], pairs=config.pairs)
    scores = fit(model_factory(config), data, members=1)[1][0, 0].numpy()
    found = [
        spearmanr(scores[known, target], table.value[known, target]).statistic
        for target, known in enumerate((table.eligible & np.isfinite(table.pairs[column])).T)
        if known.any()
    ]
    assert len(found) == 11
    assert np.mean(found) == pytest.approx(spearman, abs=6e-4)
