"""The committed reference results: one is verified every time, all of them in the slow tests."""

from pathlib import Path

import pytest

import leaderboard
from benchmark.denoising.comparison import read_comparisons
from benchmark.denoising.experiment import compare, read_tables
from benchmark.results.files import read_result
from benchmark.verifying.stale import denoising_is_stale
from benchmark.verifying.verify import verify_result
from datamodules.splits.protocol import PROTOCOL_VERSION
from lit_models.registry import load_model

FOLDER = Path(leaderboard.__file__).parent / "results"
RESULTS = sorted(FOLDER.rglob("*.json"))


def test_a_committed_result_holds() -> None:
    """The one with the smallest digest: no one chooses it, and it changes when the results do."""
    results = {path: read_result(path) for path in RESULTS}
    scored = [path for path in RESULTS if results[path].status == "ok"]
    path = min(scored, key=lambda path: results[path].digest)
    verdict = verify_result(path, models={})
    assert verdict.refusals == [], path
    assert "run again" in verdict.notes[-1]


def test_committed_results_are_of_this_protocol_and_lie_where_boards_look() -> None:
    assert RESULTS
    for path in RESULTS:
        result = read_result(path)
        place = result.place
        assert result.protocol_version == PROTOCOL_VERSION
        assert result.digest
        assert path.relative_to(FOLDER).parts[:2] == (place.dataset, f"{place.regime}-{place.label}")


@pytest.mark.slow
def test_the_comparisons_with_single_runs_hold() -> None:
    """Those of a model that takes seconds; of the others, that code and matrices are the same."""
    assert not denoising_is_stale(FOLDER)
    committed = read_comparisons(FOLDER, refuse=print)
    for table in read_tables():
        own = [each.row() for each in committed if (each.regime, each.model) == (table.regime, "source-mean")]
        assert [each.row() for each in compare(load_model("source-mean"), table)] == own


@pytest.mark.slow
@pytest.mark.parametrize("path", RESULTS, ids=lambda path: "/".join(path.relative_to(FOLDER).parts))
def test_every_committed_result_holds(path: Path) -> None:
    assert verify_result(path, models={}).refusals == []
