"""Who runs the cells of a run."""

from benchmark.launchers.here import run_here
from benchmark.launchers.on_ray import run_on_ray
from benchmark.launchers.work import Launcher, Work

LAUNCHERS: dict[str, Launcher] = {"local": run_here, "ray": run_on_ray}

__all__ = ["LAUNCHERS", "Launcher", "Work"]
