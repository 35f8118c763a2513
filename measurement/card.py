"""The dataset card of a measured table; every figure comes from the measurement itself."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from measurement.campaign import Campaign, core_hours
from measurement.task import MeasuredTask

MINI_VISION = "mini-vision"


def write_card(
    campaign: Campaign,
    path: Path,
    *,
    tasks: Sequence[MeasuredTask],
    retest: pd.Series,
    consistency: pd.Series,
) -> None:
    """Write a Hugging Face dataset card.

    Args:
        campaign: what was measured.
        path: where to write the card.
        tasks: the measured tasks.
        retest: agreement between seeds, per target; empty with one seed.
        consistency: consistency index of the tournament, per target.
    """
    package = files("measurement")
    own = campaign.tasks is None
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string((package / "card.md.j2").read_text(encoding="utf-8"))
    text = template.render(
        name=campaign.tasks.stem if campaign.tasks else MINI_VISION,
        licence="mit" if own else "unknown",
        words=(package / "mini_vision" / "card.md").read_text(encoding="utf-8").strip() if own else "",
        command=campaign.command,
        tasks=tasks,
        seeds=campaign.seeds,
        restarts=campaign.restarts,
        effort=campaign.effort,
        versions={
            "python": platform.python_version(),
            "torch": _version("torch"),
            "skimage": _version("scikit-image"),
            "sklearn": _version("scikit-learn"),
        },
        hours=core_hours(campaign.folder),
        retest=sorted(retest.items()),
        mean_retest=float(retest.mean()) if len(retest) else None,
        consistency=consistency,
    )
    path.write_text(text, encoding="utf-8")


def _version(package: str) -> str:
    try:
        return version(package).partition("+")[0]  # without the local build tag
    except PackageNotFoundError:
        return "–"
