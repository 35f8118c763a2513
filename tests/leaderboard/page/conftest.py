"""A page of real results."""

import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from benchmark.results.files import read_result, table_path, write_result
from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.page.build import build_page

from ...browser import chromium, look

__all__ = ["chromium", "look"]  # fixtures

COMMITTED = Path(__file__).parents[3] / "leaderboard"
NAMES = ("kernel-ridge", "kernel-ridge+z", "group-prior", "source-mean", "gae-dir", "source-target-dir")
DATASETS = ("taskonomy", "cogtaskonomy")
EVIL = "<script>document.title='owned'</script>"
VISIBLE = ".view:not([hidden]) "


def run_models(out: Path, dataset: str, names: Sequence[str]) -> None:
    source = find_source(dataset)
    for cell in select_applicable(
        cells_of(source, load_suite("default"), models=names), cache(source.read)
    ).cells:
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(members=2, epochs=10, numbers=(0, 1, 2))
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)


def copy_result(path: Path, to: Path, *, name: str) -> None:
    """The same result under another model's name, with its tables."""
    result = read_result(path)
    config = result.model.config.model_copy(update={"name": name})
    model = result.model.model_copy(update={"config": config})
    write_result(result.model_copy(update={"model": model, "fingerprint": f"copy {to}"}), to, tables={})
    for table in ("scores", "curves"):
        if table_path(path, table).is_file():
            shutil.copy(table_path(path, table), table_path(to, table))


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six models on two datasets, some in both settings; one more is named like a script, one failed.

    Beside them, committed results of two tracks.
    """
    out = tmp_path_factory.mktemp("results")
    for dataset in DATASETS:
        run_models(out, dataset, NAMES)
    folder = out / "taskonomy" / "16k-ahp" / "transductive-1of3"
    copy_result(folder / "kernel-ridge.json", folder / "evil.json", name=EVIL)
    place = folder.with_name("inductive")
    copy_result(place / "source-mean.json", place / "gae-dir.json", name="gae-dir")
    failed = {"status": "failed", "error": "RuntimeError: on purpose", "metrics": {}}
    result = read_result(place / "gae-dir.json").model_copy(update=failed)
    write_result(result, place / "gae-dir.json", tables={})
    for track in ("new-target", "sets"):
        shutil.copytree(COMMITTED / f"results-{track}" / "taskonomy", out.with_name(f"{out.name}-{track}"))
    return out


@pytest.fixture(scope="session")
def page(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page")
    written = build_page(results, out, pictures=12, own=None, console=Console(quiet=True))
    assert written is not None
    assert sorted(out.iterdir()) == [written.path]
    return written.path
