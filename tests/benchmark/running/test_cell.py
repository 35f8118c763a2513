"""One cell from end to end: determinism, reruns, and failures that stay where they are."""

from pathlib import Path

import pandas as pd
import pytest

from benchmark.results.files import read_result, table_path
from benchmark.results.schema import Result
from benchmark.running.cell import RunSettings
from datamodules.errors import UserError
from lit_models.loading.config import ModelConfig

from ..conftest import QUICK, one_cell, ready, run_cell


def without_timing(result: Result) -> dict[str, object]:
    return result.model_dump(exclude={"timing"})


@pytest.mark.parametrize(
    ("model", "setting"),
    [
        ("z-svd3", "transductive"),
        ("source-target-profile+z", "transductive"),
        ("gravity-dir-inductive", "inductive"),
    ],
)
def test_one_seed_makes_one_file(model: str, setting: str, tmp_path: Path) -> None:
    cell = one_cell(model, setting=setting)
    first, second = (run_cell(cell, tmp_path / name) for name in ("a", "b"))
    assert first.status == "ok"
    assert without_timing(first) == without_timing(second)
    for name in ("scores", "curves"):
        paths = [table_path(cell.path(tmp_path / folder), name) for folder in ("a", "b")]
        assert paths[0].exists() == paths[1].exists()
        if paths[0].exists():
            pd.testing.assert_frame_equal(*map(pd.read_parquet, paths), check_exact=True)


def test_another_seed_makes_another_result(tmp_path: Path) -> None:
    cell = one_cell("source-target-profile")
    other = RunSettings(seed=1, members=2, epochs=10, numbers=QUICK.numbers)
    first, second = run_cell(cell, tmp_path / "a"), run_cell(cell, tmp_path / "b", effort=other)
    assert first.fingerprint != second.fingerprint
    assert first.metrics["spearman"].mean != second.metrics["spearman"].mean


def test_a_split_scores_the_same_whichever_others_run(tmp_path: Path, results_folder: Path) -> None:
    cell = one_cell("source-target-profile")
    together = read_result(cell.path(results_folder))
    alone = run_cell(cell, tmp_path, effort=RunSettings(seed=0, members=2, epochs=10, numbers=(7,)))
    assert alone.data.split_hashes == together.data.split_hashes[-1:]
    assert alone.metrics["spearman"].per_split == pytest.approx(
        together.metrics["spearman"].per_split[-1:], abs=1e-4
    )


@pytest.mark.parametrize(
    ("model", "setting", "reason"),
    [
        ("z-svd3", "inductive", "cannot rank transfers in the inductive setting"),
        ("leep", "transductive", "no such figures in taskonomy"),
        ("cosine-prompt", "transductive", "task embedding 'prompt' of taskonomy 16k: there is none"),
    ],
)
def test_a_cell_that_cannot_have_a_result_is_refused(model: str, setting: str, reason: str) -> None:
    with pytest.raises(UserError, match=f"{model} cannot be scored on taskonomy 16k, ahp.*: .*{reason}"):
        ready(one_cell(model, setting=setting))


NEEDS_ALL_TASKS = """
from datamodules.errors import UserError
from lit_models.means import SourceMean

class NeedsAllTasks(SourceMean):
    def __init__(self, num_tasks, num_features):
        super().__init__(num_tasks, num_features)
        if num_tasks < 25:
            raise UserError("needs all tasks")
"""


def test_a_refusal_that_only_a_split_brings_about_is_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The splits of the inductive setting alone have fewer tasks than the matrix."""
    (tmp_path / "needs_all_tasks.py").write_text(NEEDS_ALL_TASKS)
    monkeypatch.syspath_prepend(tmp_path)
    model = ModelConfig(name="NeedsAllTasks", class_path="needs_all_tasks.NeedsAllTasks")
    cell = one_cell("source-mean", setting="inductive").model_copy(update={"model": model})
    result = run_cell(cell, tmp_path / "out")
    assert (result.status, result.error, result.metrics) == ("unsupported", "needs all tasks", {})


def test_an_untrained_model_has_one_member_and_no_curve(results_folder: Path) -> None:
    path = one_cell("z-svd3").path(results_folder)
    assert read_result(path).run.members == 1
    assert not table_path(path, "curves").exists()
    assert (pd.read_parquet(table_path(path, "scores")).spread == 0).all()


def test_scores_cover_every_query_once(results_folder: Path) -> None:
    cell = one_cell("source-target-profile")
    scores = pd.read_parquet(table_path(cell.path(results_folder), "scores"))
    splits = ready(cell).datamodule.splits
    assert scores.groupby("split").size().to_dict() == {s.number: s.query.sum() for s in splits}
    assert not scores.duplicated(["split", "source", "target"]).any()
    assert (scores.spread > 0).all()


def test_curves_have_a_row_a_check_and_split(results_folder: Path) -> None:
    path = one_cell("source-target-profile").path(results_folder)
    curves = pd.read_parquet(table_path(path, "curves"))
    assert sorted(set(curves.epoch)) == [5, 10]
    assert sorted(set(curves.split)) == list(QUICK.numbers or ())
    assert len(curves) == 8


def broken(class_path: str) -> ModelConfig:
    return ModelConfig(name="broken", class_path=class_path)


MODELS = """
import torch
from lit_models.base import RecoveryModel

class Broken(RecoveryModel):
    def __init__(self, num_tasks, num_features):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(num_tasks))

class NotFinite(Broken):
    def forward(self, graph):
        return graph.affinity * self.weight.sum() + float("nan")

class Crashes(Broken):
    def forward(self, graph):
        raise RuntimeError("on purpose")

class CannotBeBuilt(Broken):
    def __init__(self, num_tasks, num_features):
        raise RuntimeError("no such weights")

    def forward(self, graph):
        return graph.affinity
"""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NotFinite", "queried scores are not finite"),
        ("Crashes", "on purpose"),
        ("CannotBeBuilt", "no such weights"),
    ],
)
def test_a_broken_model_fails_its_own_cell(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_models.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    cell = one_cell("z-svd3").model_copy(update={"model": broken(f"broken_models.{name}")})
    result = run_cell(cell, tmp_path / "out")
    assert result.status == "failed"
    assert message in str(result.error)
    assert read_result(cell.path(tmp_path / "out")).status == "failed"
    assert not ready(cell).is_finished(tmp_path / "out")


def test_a_rerun_is_needed_exactly_if_something_changed(results_folder: Path) -> None:
    cell = one_cell("source-target-profile")
    more = RunSettings(seed=0, members=2, epochs=11, numbers=QUICK.numbers)
    wider = cell.model.model_copy(update={"init_args": {**cell.model.init_args, "width": 33}})
    assert ready(cell).is_finished(results_folder)
    assert not ready(cell, effort=more).is_finished(results_folder)
    changed = cell.model_copy(update={"model": wider})
    assert not ready(changed).is_finished(results_folder)
