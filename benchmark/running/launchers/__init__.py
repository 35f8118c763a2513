"""Who runs the cells of a run."""

from benchmark.running.launchers.in_process import run_here
from benchmark.running.launchers.launcher import Launcher, Work
from benchmark.running.launchers.on_ray import run_on_ray

LAUNCHERS: dict[str, Launcher] = {"local": run_here, "ray": run_on_ray}

__all__ = ["LAUNCHERS", "Launcher", "Work"]
