"""The dataset card of a measured table; every figure comes from the measurement itself."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from measurement.campaign import Campaign, core_hours
from measurement.networks import feature_shape, small_encoder
from measurement.task import MeasuredTask
from measurement.worlds import WORLDS, World


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
    world = WORLDS.get(campaign.tasks)
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    template = environment.from_string((files("measurement") / "card.md.j2").read_text(encoding="utf-8"))
    text = template.render(
        name=world.name if world else Path(campaign.tasks).stem,
        licence="mit" if world else "unknown",
        words=world.words if world else "",
        shapes=_shapes(world) if world else "",
        command=campaign.command,
        tasks=tasks,
        seeds=campaign.seeds,
        restarts=campaign.restarts,
        effort=campaign.effort,
        versions=[
            f"Python {platform.python_version()}",
            *(f"{package} {_version(package)}" for package in ("torch", *(world.packages if world else ()))),
        ],
        hours=core_hours(campaign.folder),
        retest=sorted(retest.items()),
        mean_retest=float(retest.mean()) if len(retest) else None,
        consistency=consistency,
    )
    path.write_text(text, encoding="utf-8")


def _shapes(world: World) -> str:
    features = feature_shape(small_encoder(world.input_shape), world.input_shape)
    one, other = (" × ".join(map(str, shape)) for shape in (features, world.input_shape))
    return f" ({one} features of {other} numbers)"


def _version(package: str) -> str:
    try:
        return version(package).partition("+")[0]  # without the local build tag
    except PackageNotFoundError:
        return "–"
