"""Figures of pretraining: what they are drawn from, and that they are drawn."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmark.pretraining.figures import PRIOR, prior_statistics, write_figures
from benchmark.pretraining.zero_shot import DEVELOPMENT


def test_most_statistics_of_the_development_tables_lie_within_the_prior() -> None:
    """Within its central 96 %: a prior that no table could have come from teaches nothing about tables."""
    statistics = prior_statistics(worlds=300)
    worlds = statistics[statistics.matrix == PRIOR].drop(columns="matrix")
    tables = statistics[statistics.matrix != PRIOR].set_index("matrix")
    assert len(tables) == sum(map(len, DEVELOPMENT.values()))
    inside = (tables >= worlds.quantile(0.02)) & (tables <= worlds.quantile(0.98))
    assert inside[tables.notna()].stack().mean() > 0.95


def test_both_figures_are_drawn(tmp_path: Path) -> None:
    log = pd.DataFrame(
        {"worlds": [100, 200], "validation_value_loss": [1.4, 1.2], "taskonomy/16k": [0.5, np.nan]}
    )
    log.to_csv(tmp_path / "log.csv", index=False)
    prior, training = write_figures(run=tmp_path, out=tmp_path / "figures", worlds=20)
    assert "medmnist/fine-tuned" in prior.read_text()
    assert "worlds seen" in training.read_text()
