"""Who runs the cells of a run."""

from benchmark.running.launchers.choice import choose_launcher
from benchmark.running.launchers.launcher import Launcher, Work

__all__ = ["Launcher", "Work", "choose_launcher"]
