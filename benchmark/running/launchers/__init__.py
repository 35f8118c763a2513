"""Launchers, which run the cells: in this process, on all cores, or on a Ray cluster."""

from benchmark.running.launchers.choice import choose_launcher, count_workers
from benchmark.running.launchers.run_plan import Launcher, RunPlan

__all__ = ["Launcher", "RunPlan", "choose_launcher", "count_workers"]
