"""Figures of pretraining: what they are drawn from, and that they are drawn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.commands.pretrain_figures import pretrain_figures
from benchmark.pretraining.development import TABLES
from benchmark.pretraining.figures import PRIOR, prior_statistics
from datamodules.errors import UserError


def test_most_statistics_of_the_development_tables_lie_within_the_prior() -> None:
    """Within its central 96 %: a prior that no table could have come from teaches nothing about tables."""
    statistics = prior_statistics(worlds=300)
    worlds = statistics[statistics.matrix == PRIOR].drop(columns="matrix")
    tables = statistics[statistics.matrix != PRIOR].set_index("matrix")
    assert len(tables) == sum(map(len, TABLES.values()))
    inside = (tables >= worlds.quantile(0.02)) & (tables <= worlds.quantile(0.98))
    assert inside[tables.notna()].stack().mean() > 0.95


def test_both_figures_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = pd.DataFrame(
        {"worlds": [100, 200], "validation_value_loss": [1.4, 1.2], "taskonomy/16k": [0.5, np.nan]}
    )
    log.to_csv(tmp_path / "log.csv", index=False)
    assert pretrain_figures(run=tmp_path, out=tmp_path / "figures", worlds=20) == 0
    files = [tmp_path / "figures" / f"{name}.svg" for name in ("prior", "training")]
    assert capsys.readouterr().out.split() == [str(file) for file in files]
    assert "medmnist/fine-tuned" in files[0].read_text()
    assert "worlds seen" in files[1].read_text()


def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no log\.csv"):
        pretrain_figures(run=tmp_path, out=tmp_path, worlds=1)
