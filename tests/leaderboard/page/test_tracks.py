"""Sections of tracks on the page: those that have results, and nothing else."""

from itertools import groupby
from pathlib import Path

import numpy as np

from leaderboard.page.tracks import track_sections

COMMITTED = Path(__file__).parents[3] / "leaderboard" / "results"


def test_every_track_with_results_has_sections(tmp_path: Path) -> None:
    assert track_sections(tmp_path / "results", refuse=print) == []
    sections = track_sections(COMMITTED, refuse=print)
    keys = [each.key for each in sections]
    assert len(set(keys)) == len(keys)
    tracks = ["coverage", "fidelity", "new-target", "budget", "sets"]
    assert [track for track, _ in groupby(next(t for t in tracks if k.startswith(t)) for k in keys)] == tracks
    for section in sections:
        assert section.rows
        assert set(section.texts) <= set(section.headings)
        assert {len(row) for row in section.rows} == {len(section.headings)}
        assert all(cell for row in section.rows for cell in row)
    figures = {figure.key: figure for section in sections for figure in section.figures}
    assert not set(figures) & set(keys)
    assert {"new-target-runs", "budget-regret-cost", "budget-spearman-share", "sets-enough-curve"} <= set(
        figures
    )
    for figure in figures.values():
        assert all(np.isfinite([row["x"], row["y"]]).all() for row in figure.data)
        assert all(row["low"] is None or row["low"] <= row["y"] <= row["high"] for row in figure.data)
