"""One dataset or all of them, each with the list of models that its size asks for."""

from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from benchmark.progress.run import RunProgress
from benchmark.running.extent import find_extent
from benchmark.running.suite import load_suite
from datamodules.errors import UserError
from datamodules.registry import DATASETS, find_source


def models_of(names: Sequence[str], **chosen: Sequence[str]) -> dict[str, set[str]]:
    extent = find_extent([find_source(name) for name in names], load_suite("default"), **chosen)
    found: dict[str, set[str]] = {}
    for cell in extent.cells:
        found.setdefault(cell.place.dataset, set()).add(cell.model.name)
    return found


def test_each_dataset_gets_the_list_for_its_size() -> None:
    found = models_of(["cogtaskonomy", "time-transfer"], settings=["transductive"])
    assert found["time-transfer"] < found["cogtaskonomy"]
    assert list(found) == ["cogtaskonomy", "time-transfer"]


def test_the_shorter_list_is_said_once_unless_models_are_named() -> None:
    large = [find_source("time-transfer")]
    remarks = find_extent(large, load_suite("default")).remarks
    assert [remark for remark in remarks if "shorter list" in remark] == [remarks[0]]
    assert remarks[0].startswith("time-transfer has 72 tasks, more than 60")
    named = find_extent(large, load_suite("default"), models=["sdgae"], settings=["transductive"])
    assert named.remarks == []
    assert [cell.model.name for cell in named.cells] == ["sdgae"]


def test_each_matrix_of_a_dataset_gets_the_list_for_its_own_size() -> None:
    regimes = ["deberta-v3-base", "roberta-base"]
    extent = find_extent(
        [find_source("model-recycling")], load_suite("default"), regimes=regimes, settings=["transductive"]
    )
    small, large = (
        {cell.model.name for cell in extent.cells if cell.place.regime == regime} for regime in regimes
    )
    assert large < small
    assert [remark.partition(":")[0] for remark in extent.remarks[:2]] == [
        "model-recycling deberta-v3-base has 103 tasks, more than 60",
        "model-recycling roberta-base has 366 tasks, more than 200",
    ]


def test_every_dataset_can_be_run_at_once() -> None:
    extent = find_extent(
        [find_source(name) for name in DATASETS], load_suite("default"), models=["source-mean"]
    )
    assert extent.cells_by_dataset == dict.fromkeys(DATASETS, 2)
    place = extent.cells[-1].place
    assert extent.read[place.dataset](regime=place.regime, label=place.label).name == place.dataset


def test_a_run_without_a_cell_is_refused() -> None:
    with pytest.raises(UserError, match="nothing to run: 2 of 2 cells do not apply"):
        find_extent([find_source("taskonomy")], load_suite("default"), models=["leep"])


def test_progress_says_which_datasets_are_done() -> None:
    screen = StringIO()
    progress = RunProgress(console=Console(file=screen, width=120), cells=3, datasets={"one": 2, "two": 1})
    for name in ("one", "one", "two"):
        progress._count_dataset(name)
    assert screen.getvalue().splitlines() == [
        "one is done, 1 of 2 datasets",
        "two is done, 2 of 2 datasets",
    ]
