"""Training on a sparse table: nothing hidden is read, one seed gives one result, and so do two processes."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from benchmark.metrics.sparse_correlation import sparse_per_target_spearman
from benchmark.running.fit_sparse import FittedSparse, fit_sparse, sparse_data_for
from datamodules.sparse.datamodule import BATCHES
from datamodules.sparse.gravity_hub import GravityHub, draw_gravity_hub
from datamodules.sparse.sampling import CellSampler, DrawnCells
from datamodules.sparse.splits import hide_cells
from datamodules.sparse.table import SparseAffinityTable
from lit_models.registry import load_model

from .sparse_equality import measure

SCRIPT = Path(__file__).with_name("sparse_equality.py")
TORCHRUN = Path(sys.executable).with_name("torchrun")
MODELS = ["source-mean", "additive", "pmf", "gravity-dir", "gravity-profile", "source-target-dir"]


@pytest.fixture(scope="module")
def hub() -> GravityHub:
    return draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3)


def fit(name: str, table: SparseAffinityTable, *, epochs: int = 2) -> FittedSparse:
    config = load_model(name)
    return fit_sparse(config, sparse_data_for(config, table, hide_cells(table)), seed=0, epochs=epochs)


@pytest.mark.parametrize("name", MODELS)
def test_hidden_values_change_nothing_and_the_seed_decides(name: str, hub: GravityHub) -> None:
    table = hub.table
    query = hide_cells(table).query
    value = np.where(query, 1e4 * np.arange(len(query)), table.value).astype(np.float32)
    scores, others = (
        fit(name, each).scores(table.source, table.target) for each in (table, replace(table, value=value))
    )
    np.testing.assert_array_equal(scores, others)
    assert np.isfinite(scores).all()


def test_scores_in_the_tables_own_unit(hub: GravityHub) -> None:
    fitted = fit("source-mean", hub.table)
    cells = hub.table.source[:50], hub.table.target[:50]
    moments = fitted.data.moments
    expected = moments.mean[cells[1]] + moments.deviation[cells[1]] * fitted.scores(*cells)
    np.testing.assert_allclose(fitted.values(*cells), expected)
    # As much as the sources of the first cells are worth: their mean over all targets.
    graph = fitted.data.graph
    own = graph.source == int(hub.table.source[0])
    assert fitted.scores(*cells)[0] == pytest.approx(float(graph.value[own].mean()), abs=1e-5)


def test_gravity_recovers_a_world_of_gravity() -> None:
    """Of one direction: a source's scores are read by target, so that a mixed-up index would find nothing."""
    world = draw_gravity_hub(cells=4000, sources=200, targets=40, seed=3, noise=0.0)
    table, query = world.table, hide_cells(world.table).query
    source, target, value = (each[query] for each in (table.source, table.target, table.value))
    fitted = fit("gravity-dir", table, epochs=10)
    found = sparse_per_target_spearman(fitted.scores(source, target), value, target, targets=40)
    assert np.nanmean(found) > 0.8
    assert len(fitted.module.curve) == 10
    assert fitted.module.curve[-1][0] < 0.5 * fitted.module.curve[0][0]


def test_without_validation_cells_the_last_state_counts(hub: GravityHub) -> None:
    config, split = load_model("pmf"), hide_cells(hub.table, validation_share=0.0)
    fitted = fit_sparse(config, sparse_data_for(config, hub.table, split), seed=0, epochs=2)
    curve = np.array(fitted.module.curve)
    assert curve.shape == (2, 2)
    assert np.isnan(curve[:, 1]).all()
    assert np.isfinite(fitted.scores(hub.table.source, hub.table.target)).all()


def test_every_epoch_has_an_order_of_its_own(hub: GravityHub, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[list[int]] = []
    serve = CellSampler.__iter__

    def noted(self: CellSampler) -> Iterator[DrawnCells]:
        for drawn in serve(self):
            orders.append(drawn.cell.tolist())
            yield drawn

    monkeypatch.setattr(CellSampler, "__iter__", noted)
    fit("pmf", hub.table, epochs=2)
    first, second = orders[:BATCHES], orders[BATCHES:]
    assert len(second) == BATCHES
    assert sorted(chain(*first)) == sorted(chain(*second))
    assert first != second


@pytest.mark.processes
@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path: Path) -> None:
    """In float32, whose sums differ by their order: measured, by 2e-6 of a deviation after 64 steps."""
    file, models = (
        tmp_path / "scores.npz",
        ["pmf", "gravity-dir", "gravity-profile", "source-target-vgae-dir"],
    )
    words = [TORCHRUN, "--standalone", "--nproc-per-node", "2", SCRIPT, file, "2", *models]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    together, alone = np.load(file), measure(models, processes=1)
    for name in models:
        assert alone[name].std() > 0.1
        np.testing.assert_allclose(together[name], alone[name], rtol=0, atol=1e-4)
