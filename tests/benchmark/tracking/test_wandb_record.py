"""What a run says of a cell: identity, figures, and nothing that is not on the list."""

import math
from pathlib import Path

import pandas as pd
import pytest

from benchmark.results.files import read_result, table_path
from benchmark.results.schema import Result
from benchmark.tracking.wandb_record import run_record, summary_of

from ..conftest import one_cell


@pytest.fixture
def path(results_folder: Path) -> Path:
    return one_cell("source-target-profile").path(results_folder)


@pytest.fixture
def result(path: Path) -> Result:
    return read_result(path)


def test_the_id_follows_all_that_decides_a_result(result: Result) -> None:
    config = result.model.config.model_copy(update={"name": "another"})
    others = [
        result.model_copy(update={"fingerprint": "0" * 64}),
        result.model_copy(update={"protocol_version": 2}),
        result.model_copy(update={"place": result.place.model_copy(update={"regime": "1k"})}),
        result.model_copy(update={"model": result.model.model_copy(update={"config": config})}),
    ]
    again = Result.model_validate_json(result.model_dump_json())
    assert run_record(again).id == run_record(result).id
    assert len({run_record(each).id for each in [result, *others]}) == 5


def test_the_summary_has_every_metric_with_bounds_and_count(result: Result) -> None:
    summary = summary_of(result)
    for name, metric in result.metrics.items():
        key = name.replace(".", "/")
        assert summary[key] == metric.mean
        assert (summary[f"{key}/low"], summary[f"{key}/high"]) == (metric.low, metric.high)
        assert summary[f"{key}/n"] == len([value for value in metric.per_split if value is not None])
    assert {"spearman", "auc", "recall@3"} <= set(summary)
    assert (summary["status"], summary["n"]) == ("ok", 4)


def test_what_is_missing_or_not_finite_is_left_out(result: Result) -> None:
    metric = result.metrics["spearman"]
    holes = [None, math.nan, 0.5, math.inf]
    broken = metric.model_copy(update={"mean": None, "low": math.nan, "per_split": holes})
    record = run_record(result.model_copy(update={"metrics": {"spearman": broken}}))
    assert {"spearman", "spearman/low"}.isdisjoint(record.summary)
    assert record.history == [{"split": 2, "per_split/spearman": 0.5}]
    assert record.summary["n"] == 1


def test_a_cell_that_is_not_ok_says_its_status_and_no_figures(results_folder: Path) -> None:
    ok = read_result(one_cell("z-svd3").path(results_folder))
    unsupported = ok.model_copy(update={"status": "unsupported", "metrics": {}})
    failed = unsupported.model_copy(update={"status": "failed", "error": "Traceback: /home/me/secret.py"})
    for result, is_failed in ((unsupported, False), (failed, True)):
        record = run_record(result)
        assert record.failed is is_failed
        assert record.history == []
        assert set(record.summary) == {"status", "n", "fit_seconds", "predict_seconds"}
        assert "secret" not in str(record)


def test_history_is_losses_an_epoch_then_values_a_split_then_a_repeat(path: Path, result: Result) -> None:
    curves = pd.read_parquet(table_path(path, "curves"))
    history = run_record(result, curves).history
    epochs = [row for row in history if "epoch" in row]
    splits = [row for row in history if "split" in row]
    assert [row["epoch"] for row in epochs] == [5, 10]
    of_first = curves[curves.epoch == 5]
    assert epochs[0]["validation_loss"] == pytest.approx(of_first.validation_loss.mean())
    assert [row["split"] for row in splits] == result.data.split_numbers
    assert [row["per_split/auc"] for row in splits] == result.metrics["auc"].per_split
    whole = [value for value in result.metrics["column.spearman"].per_split if value is not None]
    repeats = [row["per_repeat/column/spearman"] for row in history if "repeat" in row]
    assert repeats == whole
    assert history == [*epochs, *splits, *[row for row in history if "repeat" in row]]


def test_of_a_models_arguments_only_numbers_and_switches_are_told(result: Result) -> None:
    planted = {"width": 7, "one_hot": False, "weights": "/home/me/model.pt", "nested": {"key": "secret"}}
    config = result.model.config.model_copy(update={"init_args": planted})
    model = result.model.model_copy(update={"config": config})
    told = run_record(result.model_copy(update={"model": model})).config
    arguments = {key: value for key, value in told.items() if key.startswith("argument/")}
    assert arguments == {"argument/width": 7, "argument/one_hot": False}
    assert {"/home/me/model.pt", "secret"}.isdisjoint(map(str, told.values()))
