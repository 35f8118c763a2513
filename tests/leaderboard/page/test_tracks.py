"""Sections of tracks on the page: those that have results, and nothing else."""

from pathlib import Path

from leaderboard.page.tracks import track_sections

COMMITTED = Path(__file__).parents[3] / "leaderboard" / "results"


def test_every_track_with_results_has_a_section(tmp_path: Path) -> None:
    assert track_sections(tmp_path / "results", refuse=print) == []
    sections = track_sections(COMMITTED, refuse=print)
    assert [each.key for each in sections] == ["coverage", "fidelity", "new-target", "budget", "sets"]
    for section in sections:
        assert section.rows
        assert {len(row) for row in section.rows} == {len(section.headings)}
        assert all(cell for row in section.rows for cell in row)
