"""Two figures: whether the prior covers what real tables are like, and how a training run went."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from benchmark.pretraining.zero_shot import DEVELOPMENT
from datamodules.registry import DATASETS
from lit_models.prior.missing import draw_eligible
from lit_models.prior.statistics import summary_statistics
from lit_models.prior.worlds import draw_world

PRIOR = "prior"
SMALLEST, LARGEST = 12, 27  # tasks, as the tables have
WIDTH = 420
BAND, LINE = "#9db8d2", "#c9c9c9"


def prior_statistics(*, worlds: int, seed: int = 0) -> pd.DataFrame:
    """Summary statistics of synthetic worlds and of the development tables.

    Args:
        worlds: how many to draw.
        seed: draws them.

    Returns:
        A row per matrix, with a column per statistic and ``matrix``: ``prior``, or dataset/regime.
    """
    return pd.DataFrame([*_of_worlds(worlds, seed), *_of_tables()])


def _of_worlds(worlds: int, seed: int) -> Iterator[dict[str, Any]]:
    for index in range(worlds):
        rng = np.random.default_rng([seed, index])
        tasks = int(rng.integers(SMALLEST, LARGEST + 1))
        world = draw_world(rng, tasks)
        yield {"matrix": PRIOR, **summary_statistics(world.value, draw_eligible(rng, tasks))}


def _of_tables() -> Iterator[dict[str, Any]]:
    for dataset, regimes in DEVELOPMENT.items():
        for regime in regimes:
            table = DATASETS[dataset].read(regime=regime)
            yield {"matrix": f"{dataset}/{regime}", **summary_statistics(table.value, table.eligible)}


def prior_chart(statistics: pd.DataFrame) -> alt.VConcatChart:
    """Where tables lie in the prior: per statistic, 90 % and 50 % of the worlds, and a dot per table.

    Args:
        statistics: see :func:`prior_statistics`.

    Returns:
        The chart.
    """
    names = statistics.columns.drop("matrix").astype(str)
    return alt.vconcat(*(_strip(statistics, name) for name in names), spacing=4)


def _strip(statistics: pd.DataFrame, name: str) -> Any:
    is_world = statistics.matrix == PRIOR
    tables = statistics[~is_world & statistics[name].notna()]
    low, first, middle, third, high = statistics[is_world][name].quantile([0.05, 0.25, 0.5, 0.75, 0.95])
    band = pd.DataFrame([{"low": low, "first": first, "middle": middle, "third": third, "high": high}])
    x = alt.X("low:Q").scale(zero=False, nice=True).title(None)
    all_worlds = alt.Chart(band).mark_bar(height=4, color=LINE).encode(x=x, x2="high:Q")
    half = alt.Chart(band).mark_bar(height=12, color=BAND).encode(x="first:Q", x2="third:Q")
    median = alt.Chart(band).mark_tick(thickness=2, size=14, color="black").encode(x="middle:Q")
    dots = alt.Chart(tables).mark_point(filled=True, size=42, opacity=0.9)
    dots = dots.encode(x=alt.X(f"{name}:Q"), color=alt.Color("matrix:N").title(None))
    title = alt.TitleParams(name, anchor="start", fontSize=11, fontWeight="normal", offset=2)
    return alt.layer(all_worlds, half, median, dots).properties(width=WIDTH, height=18, title=title)


def curve_chart(log: pd.DataFrame) -> alt.HConcatChart:
    """Loss on synthetic validation worlds, and the mean over development tables, against worlds seen.

    Args:
        log: see :class:`benchmark.pretraining.log.PretrainingLog`.

    Returns:
        The chart.
    """
    data = log.assign(development=log.filter(like="/").mean(axis=1))
    x = alt.X("worlds:Q").title("worlds seen").axis(format="~s")

    def panel(column: str, title: str) -> Any:
        y = alt.Y(f"{column}:Q").scale(zero=False).title(title)
        return alt.Chart(data).mark_line(point=True).encode(x=x, y=y).properties(width=240, height=180)

    return alt.hconcat(
        panel("validation_value_loss", "value loss, synthetic worlds (nats)"),
        panel("development", "mean per-target Spearman, development splits"),
    )


def write_figures(*, run: Path, out: Path, worlds: int) -> list[Path]:
    """Draw both.

    Args:
        run: folder of a training run.
        out: folder for ``prior.svg`` and ``training.svg``.
        worlds: synthetic worlds for the first.

    Returns:
        The files.
    """
    out.mkdir(parents=True, exist_ok=True)
    charts = {
        "prior": prior_chart(prior_statistics(worlds=worlds)),
        "training": curve_chart(pd.read_csv(run / "log.csv")),
    }
    files = []
    for name, chart in charts.items():
        files.append(out / f"{name}.svg")
        chart.save(files[-1], format="svg")
    return files
