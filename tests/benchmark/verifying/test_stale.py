"""A result is listed once its code, its configuration or its matrix has changed, with what renews it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from benchmark.verifying.list_stale import list_stale
from benchmark.verifying.stale import commands, standing_of
from datamodules.errors import UserError
from datamodules.registry import find_source

EXAMPLE = Path(__file__).parents[3] / "examples/my_recovery_model.py"
PLACE = "cogtaskonomy/readme-example-score/transductive-1of3"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cells as they are when prepared: what decides a result is known before anything is trained."""
    out = tmp_path_factory.mktemp("prepared")
    source = find_source("cogtaskonomy")
    models = ["z-svd3", "gae-profile", f"{EXAMPLE}:MyRecoveryModel"]
    for cell in cells_of(source, load_suite("default"), models=models, settings=["transductive"]):
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        ready = CellRun(cell, table=table, effort=RunSettings(numbers=(0, 1)), hardware=Hardware())
        result = ready.failed("refused").model_copy(update={"status": "unsupported"})
        path = cell.path(out)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(result.model_dump_json())
    return out


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "results")


def edit(path: Path, change: Callable[[Any], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def reasons(path: Path) -> str:
    return "; ".join(standing_of(path, models={}).reasons)


def test_what_is_up_to_date_is_not_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_stale(folder, model=f"{EXAMPLE}:MyRecoveryModel") == 0
    assert capsys.readouterr().out == "3 result files: 0 stale, 3 up to date\n"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda content: content["model"].update(source_hash="0") or content.update(fingerprint="0"),
            "its code has changed (source_hash)",
        ),
        (
            lambda content: (
                content["model"]["config"]["init_args"].update(rank=5) or content.update(fingerprint="0")
            ),
            "model.config.init_args.rank: 5 in the file, 3 here",
        ),
        (lambda content: content["data"].update(dataset_hash="0"), "another cogtaskonomy"),
        (lambda content: content.update(protocol_version=0), "protocol_version is out of range"),
        (lambda content: content.update(status="failed"), "status: the run failed"),
        (lambda content: content.update(fingerprint="0"), "its fingerprint is not that of its contents"),
    ],
)
def test_what_has_changed_is_said(change: Callable[[Any], object], expected: str, folder: Path) -> None:
    path = folder / PLACE / "z-svd3.json"
    assert reasons(path) == ""
    edit(path, change)
    assert expected in reasons(path)


def test_the_command_makes_the_stale_ones_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("gae-profile", "z-svd3"):
        path = folder / PLACE / f"{name}.json"
        edit(
            path, lambda content: content["model"].update(source_hash="0") or content.update(fingerprint="0")
        )
    assert list_stale(folder) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [PLACE, "  gae-profile, z-svd3: its code has changed (source_hash)"]
    assert lines[2].startswith(f"not judged: {PLACE}/MyRecoveryModel.json: model.config.name: ")
    assert lines[3:] == [
        "Renew them with",
        "  affinity-bench run --dataset cogtaskonomy --regime readme-example --label score "
        f"--setting transductive --mask 1/3 --model gae-profile,z-svd3 --out {folder}",
        "3 result files: 2 stale, 0 up to date, 1 not judged",
    ]


def test_the_command_repeats_the_effort_that_differs(folder: Path) -> None:
    path = folder / PLACE / "gae-profile.json"
    edit(path, lambda content: content["run"].update(members=2, epochs=10, seed=1))
    edit(path, lambda content: content.update(fingerprint="0"))
    (command,) = commands([standing_of(path, models={})], out=Path("a folder"))
    assert command.endswith("--model gae-profile --members 2 --epochs 10 --seed 1 --out 'a folder'")


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no result files"):
        list_stale(tmp_path)
