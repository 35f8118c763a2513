"""Module paths of version 0.1: they keep working, with a deprecation warning, until version 0.3.

Every package of the project calls :func:`support_old_paths` on import.
"""

import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "datamodules.mini_vision": "datamodules.old_datamodules",
    "datamodules.cogtaskonomy": "datamodules.old_datamodules",
    "datamodules.medmnist": "datamodules.old_datamodules",
    "datamodules.prompt_transfer": "datamodules.old_datamodules",
    "datamodules.taskonomy": "datamodules.old_datamodules",
    "benchmark.command_words": "benchmark.cli_arguments",
    "benchmark.counted_progress": "benchmark.progress.counted",
    "benchmark.data_report": "benchmark.reporting.datasets",
    "benchmark.differences": "benchmark.verifying.differing_fields",
    "benchmark.distributed": "benchmark.running.distributed",
    "benchmark.evaluator": "benchmark.scoring.evaluator",
    "benchmark.held_back": "benchmark.tuning.objective",
    "benchmark.interrupt": "benchmark.running.interrupt",
    "benchmark.intervals": "benchmark.scoring.intervals",
    "benchmark.launchers": "benchmark.running.launchers",
    "benchmark.launchers.here": "benchmark.running.launchers.in_process",
    "benchmark.launchers.on_ray": "benchmark.running.launchers.on_ray",
    "benchmark.launchers.work": "benchmark.running.launchers.run_plan",
    "benchmark.link_board": "benchmark.link_prediction.board",
    "benchmark.measure_progress": "benchmark.progress.measurement",
    "benchmark.processes": "benchmark.running.processes",
    "benchmark.report": "benchmark.reporting.terminal_boards",
    "benchmark.reproduce": "benchmark.link_prediction.experiment",
    "benchmark.rerun": "benchmark.verifying.rerun_split",
    "benchmark.result_files": "benchmark.results.files",
    "benchmark.run_record": "benchmark.tracking.wandb_record",
    "benchmark.runner": "benchmark.running.cell",
    "benchmark.seal": "benchmark.results.digest",
    "benchmark.search_space": "benchmark.tuning.search_space",
    "benchmark.storage": "benchmark.results.atomic_files",
    "benchmark.suite": "benchmark.running.suite",
    "benchmark.tables": "benchmark.results.score_tables",
    "benchmark.trainer": "benchmark.running.trainer",
    "benchmark.tune": "benchmark.tuning.search",
    "benchmark.tune_progress": "benchmark.progress.tuning",
    "benchmark.tune_report": "benchmark.tuning.report",
    "benchmark.verify": "benchmark.verifying.verify",
    "benchmark.wandb_run": "benchmark.tracking.wandb_mirror",
    "datamodules.citation": "datamodules.links.citation",
    "datamodules.folds": "datamodules.splits.folds",
    "datamodules.hub": "datamodules.own_matrix.hub",
    "datamodules.measure": "measurement",
    "datamodules.measure.ahp": "measurement.ahp",
    "datamodules.measure.campaign": "measurement.campaign",
    "datamodules.measure.games": "measurement.games",
    "datamodules.measure.jobs": "measurement.jobs",
    "datamodules.measure.networks": "measurement.networks",
    "datamodules.measure.outcome": "measurement.outcome",
    "datamodules.measure.readouts": "measurement.readouts",
    "datamodules.measure.task": "measurement.task",
    "datamodules.measure.task_file": "measurement.task_file",
    "datamodules.measure.training": "measurement.training",
    "datamodules.nested": "datamodules.splits.tuning",
    "datamodules.published": "datamodules.dataset_datamodule",
    "datamodules.source": "datamodules.affinity_table",
    "datamodules.user_cells": "datamodules.own_matrix.cells",
    "datamodules.user_checks": "datamodules.own_matrix.checks",
    "datamodules.user_file": "datamodules.own_matrix.grid",
    "datamodules.user_matrix": "datamodules.own_matrix.wide_and_long",
    "datamodules.user_parquet": "datamodules.own_matrix.parquet",
    "datamodules.user_table": "datamodules.own_matrix.table",
    "datamodules.user_tasks": "datamodules.own_matrix.task_metadata",
    "leaderboard.aggregate": "leaderboard.boards.aggregate",
    "leaderboard.claims_report": "leaderboard.claims.report",
    "leaderboard.overall": "leaderboard.boards.overall",
    "leaderboard.pairs": "leaderboard.claims.pairs",
    "leaderboard.publish": "leaderboard.tracking.publish",
    "leaderboard.retest": "leaderboard.boards.retest",
    "leaderboard.standings": "leaderboard.boards.standings",
    "leaderboard.time_box": "leaderboard.tracking.time_limit",
    "leaderboard.wandb_server": "leaderboard.tracking.wandb_server",
    "lit_models.block_sums": "lit_models.link_prediction.block_sums",
    "lit_models.chance": "lit_models.random_scores",
    "lit_models.checkpoint": "lit_models.training.checkpoint",
    "lit_models.decoders": "lit_models.layers.decoders",
    "lit_models.dense_decoder": "lit_models.link_prediction.dense_decoder",
    "lit_models.encoders": "lit_models.layers.encoders",
    "lit_models.export": "lit_models.training.export",
    "lit_models.generators": "lit_models.training.shared_generators",
    "lit_models.kernels": "lit_models.layers.kernels",
    "lit_models.kronecker": "lit_models.layers.kronecker",
    "lit_models.lit": "lit_models.training.lit_recovery",
    "lit_models.model_file": "lit_models.loading.model_file",
    "lit_models.replicas": "lit_models.training.replicas",
    "lit_models.submission": "lit_models.loading.submission",
}
# Modules that became packages; their old names are looked up in one module of the package.
BECAME_PACKAGES = {
    "benchmark.results": "benchmark.results.schema",
    "datamodules.links": "datamodules.links.splits",
    "datamodules.splits": "datamodules.splits.protocol",
    "lit_models.link_prediction": "lit_models.link_prediction.lit_link_prediction",
}


class _OldPaths(MetaPathFinder, Loader):
    """Creates a module with the old name and the contents of the new one."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002  # the finder's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        is_package = any(old.startswith(f"{fullname}.") for old in MOVED)
        return ModuleSpec(fullname, self, is_package=is_package) if fullname in MOVED else None

    def exec_module(self, module: ModuleType) -> None:
        """Copy the contents of the new module."""
        new = MOVED[module.__name__]
        _warn(module.__name__, new)
        there = vars(importlib.import_module(new))
        vars(module).update({name: value for name, value in there.items() if not name.startswith("__")})


def support_old_paths() -> None:
    """Let imports of old module paths succeed; repeated calls have no effect."""
    if not any(isinstance(finder, _OldPaths) for finder in sys.meta_path):
        # First: a leftover folder that contains only caches would be found as a namespace package.
        sys.meta_path.insert(0, _OldPaths())


def old_names(package: str) -> Callable[[str], Any]:
    """A package's ``__getattr__`` that finds the names it had when it was a single module.

    Args:
        package: key of ``BECAME_PACKAGES``.

    Returns:
        The function; it raises ``AttributeError`` for unknown names.
    """

    def look_up(name: str) -> Any:
        new = BECAME_PACKAGES[package]
        # Python itself looks up names with underscores, such as a module's path.
        if not name.startswith("_") and hasattr(module := importlib.import_module(new), name):
            _warn(f"{package}.{name}", f"{new}.{name}")
            return getattr(module, name)
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return look_up


def _warn(old: str, new: str) -> None:
    warnings.warn(
        f"{old} is now {new}; the old path will be removed in version 0.3", DeprecationWarning, stacklevel=2
    )
