"""A small cell that every test of the benchmark package can run in a moment."""

from functools import cache
from pathlib import Path

import pytest

from benchmark.results.schema import Result
from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import Cell, cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source

TASKONOMY = find_source("taskonomy")
QUICK = RunSettings(seed=0, members=2, epochs=10, numbers=(0, 1, 2, 7))


def one_cell(model: str, *, setting: str = "transductive") -> Cell:
    (cell,) = cells_of(TASKONOMY, load_suite("default"), settings=[setting], models=[model])
    return cell


def ready(cell: Cell, *, effort: RunSettings = QUICK) -> CellRun:
    return CellRun(
        cell,
        table=TASKONOMY.read(regime=cell.place.regime, label=cell.place.label),
        effort=effort,
        hardware=Hardware(),
    )


def run_cell(cell: Cell, out: Path, *, effort: RunSettings = QUICK) -> Result:
    return ready(cell, effort=effort).execute(out)


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of four models, one of them in both settings, made by the runner itself."""
    out = tmp_path_factory.mktemp("results")
    names = ["z-svd3", "group-prior", "gae-profile", "source-target-profile"]
    cells = cells_of(TASKONOMY, load_suite("default"), models=names)
    for cell in select_applicable(cells, cache(TASKONOMY.read)).cells:
        run_cell(cell, out)
    return out
