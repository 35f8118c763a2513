"""``affinity-bench stale`` on results of tracks: up to date as made, and stale once the tool has changed."""

from pathlib import Path

import pytest

from benchmark.cli import main
from benchmark.sets.result import SetResult
from recovery.cli import COMMANDS
from recovery.tracks import recovery_hash as hashing
from recovery.tracks.coverage.result import CoverageResult
from recovery.tracks.fidelity.result import FidelityResult
from recovery.tracks.recovery_hash import recovery_hash
from recovery.tracks.stale import TRACKS, track_standing

from ...typed import exit_code

COMMITTED = Path(__file__).parents[3] / "leaderboard"


def test_a_hash_goes_by_what_the_track_imports_from_this_package(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "recovery.tracks.coverage.run"
    seen: list[list[str]] = []
    monkeypatch.setattr(hashing, "code_hash", lambda modules, inside: seen.append([*modules, *inside]) or "")
    recovery_hash(module)
    assert seen == [[module, "recovery"]]
    monkeypatch.undo()
    assert recovery_hash(module) == recovery_hash(module) != recovery_hash("recovery.tracks.fidelity.run")


@pytest.mark.parametrize("track", TRACKS)
def test_committed_results_are_up_to_date(track: str) -> None:
    """Fails after a change of the tool that decides results: run the track again."""
    found = track_standing(track, COMMITTED / f"results-{track}", refuse=print)
    assert found.files
    assert [*map(str, found.stale)] == []


def test_a_changed_tool_makes_results_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "my results"
    evil = "$(touch planted)"
    for track, kind, path in (
        ("coverage", CoverageResult, "cogtaskonomy/source-mean.json"),
        ("fidelity", FidelityResult, "medmnist/lp-to-fine-tuned/co-kriging.json"),
    ):
        result = kind.model_validate_json((COMMITTED / f"results-{track}" / path).read_bytes())
        subject = result.subject.model_copy(update={"recovery_hash": "of older code"})
        folder = results.with_name(f"{results.name}-{track}")
        result.model_copy(update={"subject": subject}).write(folder)
    of_sets = COMMITTED / "results-sets/taskonomy/random-all-pairs/linear-surrogate.json"
    set_result = SetResult.model_validate_json(of_sets.read_bytes())
    cell = set_result.cell.model_copy(update={"source_hash": "of older code"})
    set_result.model_copy(update={"cell": cell}).write(results.with_name(f"{results.name}-sets"))
    named = result.subject.model_copy(update={"dataset": evil, "model": evil})
    (folder / "evil.json").write_text(result.model_copy(update={"subject": named}).model_dump_json())
    monkeypatch.setattr("recovery.commands.stale.list_stale", lambda *_, **__: 0)
    assert exit_code(monkeypatch, lambda: main(COMMANDS), "stale", results) == 1
    printed = capsys.readouterr().out
    assert "cogtaskonomy: source-mean: changed: recovery_hash; renew with" in printed
    assert (
        f"  affinity-bench coverage --dataset cogtaskonomy --model source-mean --out '{results}-" in printed
    )
    assert "medmnist: co-kriging: changed: recovery_hash" in printed
    assert "my results-fidelity: 2 result files: 2 stale, 0 up to date" in printed
    assert "taskonomy: linear-surrogate: changed: source_hash; renew with" in printed
    assert "  affinity-bench sets --dataset taskonomy --model linear-surrogate --out " in printed
    assert f"affinity-bench fidelity --dataset '{evil}' --model '{evil}' --out " in printed  # as words only
