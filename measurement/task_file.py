"""The tasks to measure: those of a world that comes with this package, or of a Python file."""

import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from datamodules.errors import UserError
from measurement.networks import MakeEncoder, small_encoder
from measurement.task import MeasuredTask
from measurement.worlds import WORLDS


class TaskFile(NamedTuple):
    """What is measured.

    Attributes:
        tasks: a file's ``TASKS``.
        make_encoder: a file's ``make_encoder``, or the default encoder.
    """

    tasks: Sequence[MeasuredTask]
    make_encoder: MakeEncoder


def load_tasks(named: str) -> TaskFile:
    """Load the tasks of a world, or a task file. A file is executed as Python: load only what you trust.

    Args:
        named: name of a world, or path of a file that defines ``TASKS``, at least four tasks, and optionally
            ``make_encoder(shape)``, which returns a new encoder for inputs of that shape.

    Returns:
        The tasks and the encoder.

    Raises:
        UserError: if the file does not exist or does not define valid tasks.
    """
    if named in WORLDS:
        return TaskFile(WORLDS[named].tasks, small_encoder)
    path = Path(named)
    if not path.is_file():
        raise UserError(
            f"{path}: there is no such file. Check the path, or name one of the worlds: {', '.join(WORLDS)}."
        )
    name = f"measured_tasks_{re.sub(r'[^A-Za-z0-9_]', '_', path.stem)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path}: this is not a Python file. Name one that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look up their module here
    spec.loader.exec_module(module)
    tasks = getattr(module, "TASKS", None)
    if not isinstance(tasks, Sequence) or not all(isinstance(task, MeasuredTask) for task in tasks):
        raise UserError(
            f"{path}: TASKS is not a list of tasks. Define TASKS = [...] with instances of subclasses of "
            "measurement.task.MeasuredTask."
        )
    _check(path, tasks)
    return TaskFile(tasks, getattr(module, "make_encoder", small_encoder))


def _check(path: Path, tasks: Sequence[MeasuredTask]) -> None:
    names = [task.name for task in tasks]
    if len(tasks) < 4:
        raise UserError(f"{path}: TASKS has {len(tasks)} tasks, but at least 4 are needed. Add tasks.")
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise UserError(f"{path}: a task is called '{name}'. Use letters, digits, '-' and '_' only.")
        if names.count(name) > 1:
            raise UserError(f"{path}: two tasks are called '{name}'. Rename one.")
