"""A cell of a bipartite table: trained as sources × targets, with the result file of a square one."""

import numpy as np
import pytest

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import Code
from benchmark.results.schema import Place
from benchmark.running import cell as module
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.fit_model import data_for
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.base import AffinityDataModule
from datamodules.splits.protocol import Setting
from datamodules.tables.model_recycling import MODEL_RECYCLING
from lit_models.registry import load_model

REGIME, LABEL = MODEL_RECYCLING.regimes[0], next(iter(MODEL_RECYCLING.labels))


def cell_run(model: str, setting: Setting) -> CellRun:
    place = Place(
        dataset="model-recycling",
        regime=REGIME,
        label=LABEL,
        setting=setting,
        mask="1/3" if setting == "transductive" else None,
    )
    return CellRun(
        Cell(place=place, model=load_model(model)),
        table=MODEL_RECYCLING.read(regime=REGIME, label=LABEL),
        effort=RunSettings(numbers=(0, 1, 2)),
        hardware=Hardware(),
    )


@pytest.mark.parametrize("setting", ["transductive", "inductive"])
def test_the_result_is_that_of_the_square_graph(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    own = cell_run("group-prior", setting)
    assert own.datamodule.bipartite
    result, tables = own.compute()

    def square(*_: object, **__: object) -> AffinityDataModule:
        return AffinityDataModule(
            table=own.datamodule.table, setting=setting, numbers=(0, 1, 2), train_on_validation=True
        )

    monkeypatch.setattr(module, "data_for", square)
    expected, expected_tables = cell_run("group-prior", setting).compute()
    assert result.fingerprint == expected.fingerprint
    keys = ["split", "source", "target"]
    assert tables["scores"][keys].equals(expected_tables["scores"][keys])
    np.testing.assert_allclose(tables["scores"]["score"], expected_tables["scores"]["score"], atol=1e-5)
    assert result.metrics.keys() == expected.metrics.keys()
    for name, metric in result.metrics.items():
        assert metric.mean == pytest.approx(expected.metrics[name].mean, abs=1e-4)
        assert metric.counted == expected.metrics[name].counted


def test_the_code_of_a_submission_is_not_asked() -> None:
    code = Code(word="source-mean")
    submission = Submission(**load_model("source-mean").model_dump(), code=code)
    table = MODEL_RECYCLING.read(regime=REGIME, label=LABEL)
    assert not data_for(submission, table, setting="transductive", numbers=[0]).bipartite
    assert data_for(load_model("source-mean"), table, setting="transductive", numbers=[0]).bipartite
