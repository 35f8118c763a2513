"""A cell in chunks against the whole: the same to the last digits in float64, and the same file again."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from benchmark.results.files import table_path
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.fit_model import data_for, fit_model
from benchmark.running.memory.chunks import Chunk, make_chunks
from benchmark.running.memory.plan import MemoryPlan
from benchmark.running.trainer import Hardware
from benchmark.scoring.evaluator import Evaluator
from datamodules.load_table import load_table
from lit_models.registry import load_model, model_names

from ...conftest import one_cell

SPLITS, MEMBERS, EPOCHS = 4, 3, 10
WHOLE = [Chunk(tuple(range(SPLITS)), 0, MEMBERS)]
IN_SPLITS = make_chunks(splits=SPLITS, members=MEMBERS, at_once=2 * MEMBERS)
IN_MEMBERS = make_chunks(splits=SPLITS, members=MEMBERS, at_once=2)
# Whatever is computed for one replica is computed alone, so that a batch of any size rounds the same.
TO_THE_LAST_DIGIT = ["source-target-profile", "source-target-dir", "kernel-ridge"]
# Matrix products and sums of a batch of one round differently from those of a larger one.
TOLERANCE = 1e-9
ROUNDED = ["gravity-vgae-profile", "z-svd3"]


def scores_of(name: str, chunks: list[Chunk]) -> npt.NDArray[np.float64]:
    config = load_model(name)
    data = data_for(config, load_table("medmnist"), setting="transductive", numbers=range(SPLITS))
    evaluator = Evaluator(datamodule=data, name=name, members=MEMBERS)
    for chunk in chunks:
        evaluator.expect(chunk)
        part = data.part(chunk.positions)
        module, trainer, _ = fit_model(
            config,
            part,
            members=chunk.members,
            first_member=chunk.first_member,
            seed=0,
            epochs=EPOCHS,
            precision="64-true",
            callbacks=[evaluator],
        )
        trainer.predict(module, datamodule=part, return_predictions=False)
    return evaluator.member_scores


def largest_difference(name: str) -> float:
    whole = scores_of(name, WHOLE)
    assert np.isfinite(whole).all()
    return max(float(np.abs(scores_of(name, chunks) - whole).max()) for chunks in (IN_SPLITS, IN_MEMBERS))


@pytest.mark.parametrize("name", TO_THE_LAST_DIGIT)
def test_chunks_change_no_digit(name: str) -> None:
    assert largest_difference(name) == 0.0


@pytest.mark.parametrize("name", ROUNDED)
def test_chunks_change_the_last_digits_at_most(name: str) -> None:
    assert largest_difference(name) < TOLERANCE


@pytest.mark.slow
def test_no_shipped_model_depends_on_its_chunks() -> None:
    differences = {}
    for name in model_names():
        try:
            differences[name] = largest_difference(name)
        except Exception as error:  # one that the table has no figures for
            print(name, error)
    exact = sorted(name for name, difference in differences.items() if difference == 0.0)
    print(len(exact), "to the last digit:", *exact)
    print(*sorted(differences.items(), key=lambda item: -item[1])[:10], sep="\n")
    assert max(differences.values()) < TOLERANCE


@pytest.mark.parametrize("chunks", [IN_SPLITS, IN_MEMBERS], ids=["splits", "members"])
def test_a_cell_in_chunks_writes_the_same_scores(chunks: list[Chunk], tmp_path: Path) -> None:
    cell = one_cell("source-target-profile")
    effort = RunSettings(members=MEMBERS, epochs=EPOCHS, numbers=range(SPLITS))
    table = load_table(cell.place.dataset)
    parts: list[tuple[int, int]] = []
    tables = {}
    for name, memory in (("whole", WHOLE), ("chunks", chunks)):
        ready = CellRun(
            cell, table=table, effort=effort, hardware=Hardware(), memory=MemoryPlan(chunks=tuple(memory))
        )
        result = ready.execute(tmp_path / name, part_begins=lambda number, of: parts.append((number, of)))
        assert result.status == "ok", result.error
        files = (table_path(cell.path(tmp_path / name), kind) for kind in ("scores", "curves"))
        tables[name] = (result.metrics, *(pd.read_parquet(file) for file in files))
    assert parts == [(number, len(chunks)) for number in range(1, len(chunks) + 1)]
    assert tables["chunks"][0] == tables["whole"][0]
    pd.testing.assert_frame_equal(tables["chunks"][1], tables["whole"][1], check_exact=True)
    pd.testing.assert_frame_equal(tables["chunks"][2], tables["whole"][2], rtol=1e-5)
