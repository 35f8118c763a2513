"""Launchers, which run the cells: in this process, on all cores, or on a Ray cluster."""

from benchmark.running.launchers.choice import choose_launcher
from benchmark.running.launchers.launcher import Launcher, Work

__all__ = ["Launcher", "Work", "choose_launcher"]
