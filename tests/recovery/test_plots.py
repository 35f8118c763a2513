"""Figures are valid charts of what was recovered."""

import pytest

from datamodules.errors import UserError
from recovery.recovery import Recovery


def test_the_heat_map_outlines_what_was_measured(recovered: Recovery) -> None:
    chart = recovered.plot.heat_map().to_dict()
    fill, outline = chart["layer"]
    assert fill["mark"]["type"] == "rect"
    assert outline["transform"] == [{"filter": "datum.measured"}]
    (data,) = chart["datasets"].values()
    assert len(data) == 600
    assert all(0.0 <= row["sureness"] <= 1.0 for row in data)


def test_a_target_is_best_first(recovered: Recovery) -> None:
    chart = recovered.plot.target("curvature").to_dict()
    assert chart["layer"][0]["encoding"]["y"]["sort"] == list(recovered.shortlist("curvature", k=25).index)
    with pytest.raises(UserError, match="did you mean 'curvature'"):
        recovered.plot.target("curvatur")


def test_calibration_shows_both_kinds(recovered: Recovery) -> None:
    chart = recovered.plot.calibration().to_dict()
    assert [panel["title"] for panel in chart["hconcat"]] == ["intervals", "best of its target"]
