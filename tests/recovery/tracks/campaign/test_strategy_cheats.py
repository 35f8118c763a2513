"""Cheats as strategies: they fail, gain nothing, or are refused by verify; an honest one passes."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from benchmark.isolation.worker import WorkerError
from benchmark.results.track_files import content_of
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.load_table import load_table
from recovery.tracks.campaign.entry import Entry, find_entry, shipped_entry
from recovery.tracks.campaign.track import run_strategy
from recovery.tracks.new_target.run import TRACK, run_start
from recovery.tracks.verify import is_plan_result, mark_plan_result, verify_plan_result

from ...smoke.broken_strategies import HEAD, mine

pytestmark = pytest.mark.processes

HONEST = "class Mine(Base):\n    pass\n"
KNOWS = "T = np.array({})\n" + mine("return np.exp(T)")


class Cheat(NamedTuple):
    """One of them.

    Attributes:
        body: of its file, where the class is called Mine.
        error: part of what its campaign ends with; "" if it runs and gains nothing.
    """

    body: str
    error: str = ""


def finds(objects: str) -> str:
    """A strategy that looks among objects for a matrix with more values than are measured."""
    return mine(
        f"for found in {objects}:\n"
        "    if type(found).__name__ == 'AffinityTable':\n"
        "        if np.isfinite(found.value[state.candidates]).any():\n"
        "            return np.exp(np.nan_to_num(found.value))\n"
        "return super().gains(state)"
    )


CHEATS = {
    "walks the frames": Cheat(
        "import sys\n"
        "def found_in_frames():\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        yield from [*frame.f_locals.values()]\n"
        "        frame = frame.f_back\n" + finds("found_in_frames()")
    ),
    "walks the garbage collector": Cheat("import gc\n" + finds("gc.get_objects()")),
    "reads the tables by pandas": Cheat(
        "import pandas\nfrom datamodules.tables.dataset import TABLES\n"
        + mine("return pandas.read_csv(TABLES / 'cogtaskonomy/transfers.csv').to_numpy()"),
        "PermissionError",
    ),
    "os._exit": Cheat("import os\n" + mine("os._exit(0)"), "it ended with code 0, without an answer"),
    "hangs": Cheat("import time\n" + mine("time.sleep(10_000)"), "did not end within 3 s"),
}
QUICK_TO_TRY = {"walks the frames"}


@pytest.fixture(scope="module")
def table() -> AffinityTable:
    return load_table("cogtaskonomy")


def entry(tmp_path: Path, body: str, *, limit_seconds: float = 120.0) -> Entry:
    file = tmp_path / "mine.py"
    file.write_text(HEAD + body)
    return find_entry(f"{file}:Mine", limit_seconds=limit_seconds)


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK_TO_TRY else pytest.param(name, marks=pytest.mark.slow) for name in CHEATS],
)
def test_a_cheat_fails_or_gains_nothing(name: str, tmp_path: Path, table: AffinityTable) -> None:
    cheat = CHEATS[name]
    own = entry(tmp_path, cheat.body, limit_seconds=3.0 if name == "hangs" else 120.0)
    if cheat.error:
        with pytest.raises(WorkerError, match=cheat.error):
            run_start(table, own, 0)
    else:
        (honest,) = run_start(table, find_entry("round-robin"), 0)
        (found,) = run_start(table, own, 0)
        assert found.scores == honest.scores  # what it falls back to


@pytest.mark.parametrize(
    "name",
    [
        "round-robin",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("thompson", "network-improvement")),
    ],
)
def test_a_strategy_picks_in_workers_as_in_this_process(name: str, table: AffinityTable) -> None:
    one, other = (run_start(table, shipped_entry(name, isolate=isolate), 3)[0] for isolate in (False, True))
    assert one.scores == other.scores


def test_gains_that_do_not_rank_are_refused(tmp_path: Path, table: AffinityTable) -> None:
    with pytest.raises(UserError, match=r"Mine\.gains returned an array of shape"):
        run_start(table, entry(tmp_path, mine("return super().gains(state)[0]")), 0)


def test_a_submission_cannot_take_a_shipped_name(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be called 'thompson'"):
        entry(tmp_path, HONEST + "Mine.__name__ = 'thompson'\n")


def refusals(tmp_path: Path, table: AffinityTable, own: Entry) -> list[str]:
    """What verify says of a result of three starts."""
    run_strategy(TRACK, table, own, starts=3, out=tmp_path / "out")
    (path,) = (tmp_path / "out").rglob("*.json")
    assert is_plan_result(content_of(path))
    verdict = verify_plan_result(path, entries={own.name: own})
    if not verdict.refusals:
        mark_plan_result(path)
        assert '"verified alone + sham"' in path.read_text()
    return verdict.refusals


@pytest.mark.slow
def test_the_real_matrix_in_the_code_is_found_by_a_sham(tmp_path: Path, table: AffinityTable) -> None:
    known = np.nan_to_num(table.value).round(3).tolist()
    (refusal,) = refusals(tmp_path, table, entry(tmp_path, KNOWS.format(known)))
    assert refusal.startswith("sham: on two matrices whose values were dealt anew")


@pytest.mark.slow
def test_an_honest_strategy_is_verified(tmp_path: Path, table: AffinityTable) -> None:
    assert refusals(tmp_path, table, entry(tmp_path, HONEST)) == []


@pytest.mark.parametrize("change", ["scores", "starts", "strategy", "file", "dataset_hash"])
def test_a_forged_result_is_refused(change: str, tmp_path: Path, table: AffinityTable) -> None:
    result = run_strategy(TRACK, table, find_entry("source-mean"), starts=2, out=tmp_path)
    (path,) = tmp_path.rglob("*.json")
    assert verify_plan_result(path, entries={}, start=1).refusals == []
    start = result.starts[1]
    subject = result.subject
    forged = {
        "scores": {"starts": [result.starts[0], start.model_copy(update={"scores": {"regret": [0.0] * 5}})]},
        "starts": {"starts": [start]},
        "strategy": {"subject": subject.model_copy(update={"strategy": "mine"})},
        "file": {"subject": subject.model_copy(update={"strategy": f"{__file__}:Mine"})},
        "dataset_hash": {"subject": subject.model_copy(update={"dataset_hash": "0"})},
    }
    says = {
        "scores": "in the file, and",
        "starts": "not the first of the track's 21",
        "strategy": "code that only a file names is not run",
        "file": "code that only a file names is not run",
        "dataset_hash": "subject.dataset_hash",
    }
    result.model_copy(update=forged[change]).write_to(path)
    assert says[change] in verify_plan_result(path, entries={}, start=1).refusals[0]
