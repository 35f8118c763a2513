"""Processes and workers with other code, options or versions are told, and nothing of theirs is kept."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmark.results.schema import Result
from benchmark.running import agreement
from benchmark.running.agreement import check_same_cell, check_same_run, how_it_differs
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.launchers.run_plan import RunPlan
from benchmark.running.launchers.side_by_side import run_side_by_side
from benchmark.running.processes import Processes
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError

from ..conftest import QUICK, TASKONOMY, one_cell, ready

CELL = one_cell("z-svd3")


@cache
def computed() -> Result:
    return ready(CELL).compute()[0]


def other(**changes: Any) -> Result:
    """The cell's result from a worker that differs."""
    return computed().model_copy(update=changes)


def test_the_same_code_options_and_versions_agree() -> None:
    assert how_it_differs(other(), ready(CELL)) == ""
    check_same_run([CELL], QUICK)
    check_same_cell(ready(CELL))


def test_a_worker_that_differs_is_described() -> None:
    here = ready(CELL)
    code = other().model.model_copy(update={"source_hash": "0" * 64})
    assert how_it_differs(other(model=code), here).startswith("its worker has another code of z-svd3")
    versions = {**other().versions, "torch": "1.0"}
    assert how_it_differs(other(versions=versions), here).startswith(
        "its worker has another torch: 1.0 there"
    )
    assert "(fingerprint)" in how_it_differs(other(fingerprint="f"), here)


class OtherTorch:
    """A worker with another version of torch."""

    count = 1

    def submit(self, ready: CellRun, table: object) -> None:  # noqa: ARG002  # the interface of a crew
        self.ready = ready

    def next_outcome(self) -> tuple[CellRun, Any]:
        return self.ready, (other(versions={**other().versions, "torch": "1.0"}), {})


def test_a_result_of_another_installation_is_a_failed_cell(tmp_path: Path) -> None:
    plan = RunPlan(
        cells=[CELL],
        read={"taskonomy": TASKONOMY.read},
        effort=QUICK,
        hardware=Hardware(),
        out=tmp_path,
        force=False,
    )
    found: Iterator[tuple[Result, bool]] = run_side_by_side(plan, OtherTorch())
    ((result, _),) = found
    assert result.status == "failed"
    assert "another torch: 1.0 there" in str(result.error)


def test_a_process_with_other_options_ends_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_another(own: dict[str, str]) -> list[dict[str, str]]:
        return [own, {**own, "seed": "7"}]

    monkeypatch.setattr(agreement, "gather", with_another)
    with pytest.raises(UserError, match="process 1 has another seed than process 0: 7 there, 0 here"):
        check_same_run([CELL], RunSettings())


def test_a_rank_without_a_run_of_several_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would compute everything, write nothing, and end as if all was well."""
    monkeypatch.setattr("benchmark.running.processes.is_rank_zero", lambda: False)
    with pytest.raises(UserError, match="only the first one writes"):
        Processes(Hardware(), last_words=str)
