"""Recovered and shrunken cells against single runs: worlds whose answer is known."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.denoising.comparison import FILE, Comparison, read_comparisons, write_comparisons
from benchmark.denoising.experiment import compare
from benchmark.denoising.shrinkage import combine
from benchmark.scoring.intervals import Interval
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.replicates import Replicates
from lit_models.registry import load_model

TASKS = 12


def world(noise: float, *, runs: int = 4) -> AffinityTable:
    """Sources that are as good for every target: a source mean knows all there is to know but the noise."""
    generator = np.random.default_rng(0)
    true = np.broadcast_to(generator.normal(size=(TASKS, 1)), (TASKS, TASKS))
    measured = true + noise * generator.normal(size=(runs, TASKS, TASKS))
    eligible = ~np.eye(TASKS, dtype=bool)
    each = np.where(eligible, measured, np.nan)
    names = tuple(f"task {number}" for number in range(TASKS))
    return AffinityTable(
        name="made",
        regime="up",
        label="score",
        unit="score",
        task_names=names,
        value=each.mean(0),
        eligible=eligible,
        groups=("",) * TASKS,
        kinds=("",) * TASKS,
        replicates=Replicates.of_runs(each),
    )


def of_cells(found: list[Comparison]) -> dict[str, Comparison]:
    return {each.cells: each for each in found}


def test_by_hand_a_measurement_is_weighed_by_its_precision() -> None:
    """Noise .15 in a variance of .6 around the prediction: a quarter is noise, so three quarters are kept."""
    measured, predicted = np.array([1.0, -1.0]), np.array([0.0, 1.0])
    assert combine(measured, predicted, 0.6).tolist() == pytest.approx([0.75, -0.5])
    assert combine(measured, predicted, np.array([0.3, 0.15])).tolist() == pytest.approx([0.5, 1.0])


def test_without_noise_one_run_is_the_truth() -> None:
    found = of_cells(compare(load_model("source-mean"), world(0.0)))
    for comparison in found.values():
        assert comparison.one_run == Interval(1.0, 1.0, 1.0)
        assert comparison.difference.mean == pytest.approx(comparison.score.mean - 1.0)
    assert found["hidden"].score.mean > 0.9  # standardising over other sources in each column costs the rest


def test_where_a_source_mean_is_the_truth_it_beats_a_noisy_run() -> None:
    found = of_cells(compare(load_model("source-mean"), world(1.0)))
    assert found["hidden"].verdict == "better"
    assert found["hidden, whole columns"].verdict == "better"
    assert found["measured"].estimate == "combined"
    assert found["measured"].verdict == "better"


def test_a_gaussian_process_shrinks_by_its_posterior_mean() -> None:
    found = of_cells(compare(load_model("kernel-ridge"), world(1.0)))
    assert found["measured"].estimate == "posterior mean"
    assert found["measured"].verdict == "better"


def test_one_run_is_scored_against_the_others_alone() -> None:
    """Runs that agree but for one, which is upside down: against the mean of the others it scores −1."""
    table = world(0.0)
    assert table.replicates is not None
    assert table.replicates.runs is not None
    runs = table.replicates.runs.copy()
    runs[0] *= -1
    found = of_cells(compare(load_model("source-mean"), replace(table, replicates=Replicates.of_runs(runs))))
    assert found["hidden, whole columns"].one_run.mean == pytest.approx((-1 + 3 * 1) / 4)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UserError, match="three runs of every transfer are needed"):
        compare(load_model("source-mean"), world(1.0, runs=2))
    with pytest.raises(UserError, match="pmf is trained"):
        compare(load_model("pmf"), world(1.0))


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = compare(load_model("source-mean"), world(1.0))
    write_comparisons(found, tmp_path)
    again = read_comparisons(tmp_path, refuse=print)
    assert [each.verdict for each in again] == [each.verdict for each in found]
    assert again[0].score.mean == pytest.approx(found[0].score.mean, abs=1e-4)
    write_comparisons(again, tmp_path / "again")
    assert (tmp_path / "again" / FILE).read_bytes() == (tmp_path / FILE).read_bytes()
    assert read_comparisons(tmp_path / "nowhere", refuse=print) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("dataset", "data"),
        lambda text: text[:0],
        lambda text: text.replace("source-mean", "\x1b[2J"),
        lambda text: text.replace("hidden,", "shown,"),
        lambda text: text.replace(",4,", ",x,"),
        lambda text: text.replace(",4,", ",4,nan,"),
        lambda text: text + "," * 10_000,
    ],
)
def test_another_file_is_left_out_in_one_line(damage: Callable[[str], str], tmp_path: Path) -> None:
    write_comparisons(compare(load_model("source-mean"), world(1.0)), tmp_path)
    path, said = tmp_path / FILE, list[str]()
    path.write_text(damage(path.read_text()))
    assert read_comparisons(tmp_path, refuse=said.append) == []
    path.unlink()
    os.mkfifo(path)
    assert read_comparisons(tmp_path, refuse=said.append) == []
    assert ["left out" in line and line.isprintable() for line in said] == [True, True]
