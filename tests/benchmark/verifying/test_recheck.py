"""A result made by other code is kept where a split, run again, gives its scores, and only there."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmark.results.digest import digest_of
from benchmark.results.files import read_result, table_path
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from benchmark.verifying import list_stale
from benchmark.verifying import recheck as module
from benchmark.verifying.marking import stored_digest
from benchmark.verifying.recheck import recheck
from benchmark.verifying.stale import CODE_HAS_CHANGED, standing_of
from datamodules.errors import UserError
from datamodules.registry import find_source

PLACE = "cogtaskonomy/readme-example-score/transductive-1of3"
MODELS = ["z-svd3", "source-target-profile"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of two splits each, as if other code had made them."""
    out = tmp_path_factory.mktemp("made")
    source = find_source("cogtaskonomy")
    for cell in cells_of(source, load_suite("default"), models=MODELS, settings=["transductive"]):
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(numbers=(0, 1), members=2, epochs=5)
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)
    for model in MODELS:
        change(out / PLACE / f"{model}.json", made_by="other code")
    return out


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "results")


def change(path: Path, *, made_by: str) -> None:
    """Write a result as other code would have."""
    result = read_result(path)
    model = result.model.model_copy(update={"source_hash": made_by})
    seal(path, model=model, fingerprint=made_by)


def seal(path: Path, **changes: Any) -> None:
    result = read_result(path).model_copy(update=changes)
    digest = digest_of(result, scores=table_path(path, "scores").read_bytes())
    path.write_text(result.model_copy(update={"digest": digest}).model_dump_json())


def move_scores(path: Path, by: float) -> None:
    scores = pd.read_parquet(table_path(path, "scores"))
    scores["score"] += by
    scores.to_parquet(table_path(path, "scores"), index=False)


@pytest.mark.parametrize("model", MODELS)
def test_what_comes_out_again_is_kept_and_says_so(model: str, folder: Path) -> None:
    path = folder / PLACE / f"{model}.json"
    before = read_result(path)
    assert list(standing_of(path, models={}).reasons) == [CODE_HAS_CHANGED]
    assert recheck(path).confirmed
    after = read_result(path)
    assert after.confirmation is not None
    assert after.confirmation.made_by == "other code"
    assert len(after.confirmation.splits) == 1
    assert set(after.confirmation.splits) <= {0, 1}
    assert 0.0 <= after.confirmation.largest_difference < 1e-6
    assert after.digest == stored_digest(after, path)
    assert standing_of(path, models={}).reasons == ()
    changed = {"fingerprint", "model", "confirmation", "digest"}
    assert after.model_dump(exclude=changed) == before.model_dump(exclude=changed)
    assert not recheck(path).confirmed  # it is up to date: nothing is left to do


def test_the_code_that_made_the_scores_is_remembered(folder: Path) -> None:
    path = folder / PLACE / "z-svd3.json"
    recheck(path)
    change(path, made_by="a second change")
    assert recheck(path).confirmed
    confirmation = read_result(path).confirmation
    assert confirmation is not None
    assert confirmation.made_by == "other code"


def test_other_scores_are_left_to_be_run_again(folder: Path) -> None:
    path = folder / PLACE / "z-svd3.json"
    move_scores(path, by=2e-4)
    seal(path)
    before = path.read_bytes()
    standing = recheck(path)
    assert not standing.confirmed
    assert standing.reasons[0] == CODE_HAS_CHANGED
    assert "run the cell again with this version of the code" in standing.reasons[1]
    assert path.read_bytes() == before


def test_a_file_changed_after_it_was_written_is_not_sealed_anew(folder: Path) -> None:
    path = folder / PLACE / "z-svd3.json"
    move_scores(path, by=1e-9)
    assert "changed after they were written" in recheck(path).reasons[1]


def test_nothing_is_run_where_more_than_the_code_differs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("run again")

    monkeypatch.setattr(module, "rerun", refuse)
    path = folder / PLACE / "z-svd3.json"
    config = read_result(path).model.config
    other = config.model_copy(update={"init_args": config.init_args | {"rank": 5}})
    seal(path, model=read_result(path).model.model_copy(update={"config": other}))
    assert "model.config.init_args.rank" in "; ".join(recheck(path).reasons)


def test_the_command_confirms_what_holds_and_lists_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def in_threads(workers: int) -> Iterator[Executor]:
        with ThreadPoolExecutor(workers) as pool:
            yield pool

    monkeypatch.setattr(list_stale, "worker_pool", in_threads)
    path = folder / PLACE / "z-svd3.json"
    move_scores(path, by=1.0)
    seal(path)
    assert list_stale.list_stale(folder, recheck=True, workers=1) == 1
    said = capsys.readouterr().out
    assert f"{PLACE}/source-target-profile.json: confirmed" in said
    assert f"{PLACE}/z-svd3.json: stale: score of " in said
    assert "--model z-svd3 " in said
    assert "2 result files: 1 stale, 1 up to date (1 of them confirmed by running a split again)" in said


def test_submissions_are_not_rechecked(folder: Path) -> None:
    with pytest.raises(UserError, match="shipped models"):
        list_stale.list_stale(folder, recheck=True, model="examples/my_recovery_model.py:MyRecoveryModel")
