"""Transferability recovery in Python: load tables, evaluate models, check your own.

>>> import affinity_bench as ab
>>> table = ab.load_table("cogtaskonomy")
>>> table
AffinityTable(cogtaskonomy readme-example score: 12 tasks, 132 measured transfers)
>>> result = ab.evaluate("source-mean", table, splits=2)
>>> round(result.score, 3)
0.021

Names are imported on first use, so that reading tables does not import torch.
"""

import importlib
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.results.evaluation import Evaluation
    from benchmark.running.evaluate import evaluate
    from benchmark.smoke.check_model import CheckReport, check_model
    from datamodules.affinity_table import AffinityTable
    from datamodules.errors import UserError
    from datamodules.graph import TaskGraph
    from datamodules.load_table import load_table
    from datamodules.registry import dataset_names as datasets
    from datamodules.sets.set_graph import SetGraph
    from datamodules.sets.task_sets import TaskSets
    from lit_models.base import RecoveryModel
    from lit_models.registry import model_names as models
    from lit_models.sets.base import SetModel
    from recovery.draw import draw_cells
    from recovery.plan.planner import Planner
    from recovery.recover import recover
    from recovery.recovery import Recovery
    from recovery.strategies.base import PlanState, PlanStrategy

    __version__: str

__all__ = [
    "AffinityTable",
    "CheckReport",
    "Evaluation",
    "PlanState",
    "PlanStrategy",
    "Planner",
    "Recovery",
    "RecoveryModel",
    "SetGraph",
    "SetModel",
    "TaskGraph",
    "TaskSets",
    "UserError",
    "__version__",
    "check_model",
    "datasets",
    "draw_cells",
    "evaluate",
    "load_table",
    "models",
    "recover",
]

_HOMES = {
    "AffinityTable": "datamodules.affinity_table:AffinityTable",
    "CheckReport": "benchmark.smoke.check_model:CheckReport",
    "Evaluation": "benchmark.results.evaluation:Evaluation",
    "PlanState": "recovery.strategies.base:PlanState",
    "PlanStrategy": "recovery.strategies.base:PlanStrategy",
    "Planner": "recovery.plan.planner:Planner",
    "Recovery": "recovery.recovery:Recovery",
    "RecoveryModel": "lit_models.base:RecoveryModel",
    "SetGraph": "datamodules.sets.set_graph:SetGraph",
    "SetModel": "lit_models.sets.base:SetModel",
    "TaskGraph": "datamodules.graph:TaskGraph",
    "TaskSets": "datamodules.sets.task_sets:TaskSets",
    "UserError": "datamodules.errors:UserError",
    "check_model": "benchmark.smoke.check_model:check_model",
    "datasets": "datamodules.registry:dataset_names",
    "draw_cells": "recovery.draw:draw_cells",
    "evaluate": "benchmark.running.evaluate:evaluate",
    "load_table": "datamodules.load_table:load_table",
    "models": "lit_models.registry:model_names",
    "recover": "recovery.recover:recover",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("affinity-bench")
    elif name in _HOMES:
        module, _, attribute = _HOMES[name].partition(":")
        with warnings.catch_warnings():
            # Raised in notebooks without ipywidgets, for a progress bar of torch-geometric.
            warnings.filterwarnings("ignore", message="IProgress not found")
            value = getattr(importlib.import_module(module), attribute)
    else:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    globals()[name] = value  # later accesses bypass this function
    return value


def __dir__() -> list[str]:
    return __all__
