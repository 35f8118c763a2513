"""Every kind of cheat gains nothing, fails as a cell, or is refused by smoke and by verify."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.isolation.confine import TABLES
from benchmark.isolation.submission import Submission, load_in_worker
from benchmark.isolation.worker import Code
from benchmark.results.files import write_result
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from benchmark.smoke.report import Line
from benchmark.smoke.supervisor import supervise
from benchmark.verifying.verify import verify_result
from datamodules.errors import UserError
from lit_models.registry import load_model

from ..conftest import TASKONOMY, one_cell
from .cheats import HARMS, HEAD, KNOWS, POOLS, REACHES

pytestmark = pytest.mark.processes

HARDWARE = Hardware(limit_seconds=120.0, memory=MemoryBudget(total_bytes=4 * 2**30))
QUICK_TO_TRY = {"walks the frames", "os._exit"}
HONEST = 0.7  # above what the mean of each source scores


def word(tmp_path: Path, body: str) -> str:
    file = tmp_path / "mine.py"
    file.write_text(HEAD + body)
    np.save(tmp_path / "beside.npy", np.nan_to_num(TASKONOMY.read().value))
    return f"{file}:Mine"


def ready(tmp_path: Path, body: str, *, splits: int | None = 3, hardware: Hardware = HARDWARE) -> CellRun:
    cell = one_cell(word(tmp_path, body))
    effort = RunSettings(numbers=None if splits is None else range(splits))
    return CellRun(cell, table=TASKONOMY.read(), effort=effort, hardware=hardware)


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK_TO_TRY else pytest.param(name, marks=pytest.mark.slow)
        for name in (*REACHES, *HARMS)
    ],
)
def test_a_cheat_fails_as_a_cell_or_gains_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "a secret")
    cheat = {**REACHES, **HARMS}[name]
    hardware = replace(HARDWARE, limit_seconds=3.0) if name == "hangs" else HARDWARE
    result = ready(tmp_path, cheat.body, hardware=hardware).execute(tmp_path / "out")
    if cheat.error:
        assert result.status == "failed"
        assert cheat.error in str(result.error)
        assert len(str(result.error)) <= 10_000
    else:
        assert (result.status, result.marks) == ("ok", ["isolated"])
        assert (result.metrics["spearman"].mean or 0.0) < HONEST
    assert not (tmp_path / "planted").exists()


def refusals(tmp_path: Path, body: str) -> list[str]:
    """What verify says of a whole cell that scores better than any honest model."""
    whole = ready(tmp_path, body, splits=None)
    result, tables = whole.compute()
    assert (result.metrics["spearman"].mean or 0.0) > 0.9
    path = tmp_path / "Mine.json"
    write_result(result, path, tables=tables)
    return verify_result(path, models={"Mine": whole.cell.model}).refusals


@pytest.mark.parametrize("name", POOLS)
def test_pooled_splits_are_refused_by_verify(name: str, tmp_path: Path) -> None:
    assert "beside 20 copies of itself; tolerance 0.0001" in refusals(tmp_path, POOLS[name])[0]


def test_the_real_matrix_in_the_code_is_found_by_a_sham(tmp_path: Path) -> None:
    known = np.nan_to_num(TASKONOMY.read().value).round(2).tolist()
    (refusal,) = refusals(tmp_path, KNOWS.format(known))
    assert refusal.startswith("sham: on two matrices whose values were dealt anew")


@pytest.mark.slow
@pytest.mark.parametrize("name", POOLS)
def test_pooled_splits_are_refused_by_smoke(name: str, tmp_path: Path) -> None:
    lines = [
        line for line in supervise(word(tmp_path, POOLS[name]), limit_seconds=60) if isinstance(line, Line)
    ]
    (noise,) = [line for line in lines if line.name == "noise"]
    assert not noise.passed
    assert "copies of itself" in noise.words


def test_a_model_scores_in_a_worker_as_in_this_process() -> None:
    config = load_model("source-target-profile")
    isolated = Submission(**config.model_dump(), code=Code(word=config.name))
    place = one_cell(config.name).place
    runs = [
        CellRun(
            Cell(place=place, model=model),
            table=TASKONOMY.read(),
            effort=RunSettings(members=2, epochs=10, numbers=(0, 5)),
            hardware=HARDWARE,
        )
        for model in (config, isolated)
    ]
    (plain, plain_tables), (apart, apart_tables) = (run.compute() for run in runs)
    assert apart.fingerprint == plain.fingerprint
    assert (plain.marks, apart.marks) == ([], ["isolated"])
    for name in ("scores", "curves"):
        pd.testing.assert_frame_equal(plain_tables[name], apart_tables[name])


@pytest.mark.parametrize(
    "name", ["atlas", "atlas+z", "\u0430tlas", "gae\u2010dir", "a/b", ".hidden", "a" * 201]
)
def test_a_submission_cannot_take_a_shipped_name(name: str, tmp_path: Path) -> None:
    """Nor one that looks like it; not even one that patches what reads its name."""
    body = (
        "import lit_models.registry as registry\n"
        f"registry.resolve = lambda config: config.model_copy(update={{'name': {name!r}}})\n"
        "class Mine(Base):\n    pass\n"
    )
    with pytest.raises(UserError, match="a submission cannot be called"):
        load_in_worker(word(tmp_path, body))


def test_a_package_is_given_as_its_code_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "mine.py").write_text(
        HEAD + "from pathlib import Path\n"
        "BESIDE = sorted(path.name for path in Path(__file__).parent.rglob('*.*'))\n"
        "class Mine(Base):\n    def forward(self, graph):\n        raise RuntimeError(f'{BESIDE}')\n"
    )
    (package / "data.csv").touch()
    (package / "linked.py").symlink_to(TABLES / "taskonomy" / "transfers.csv")
    (package / "elsewhere.py").symlink_to(Path(__file__))
    effort = RunSettings(numbers=range(2))
    cell = CellRun(
        one_cell("own_package.mine.Mine"), table=TASKONOMY.read(), effort=effort, hardware=HARDWARE
    )
    result = cell.execute(tmp_path / "out")
    assert result.reason == "RuntimeError: ['__init__.py', 'mine.py']"
