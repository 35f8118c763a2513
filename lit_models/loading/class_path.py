"""The one name of a class: the module that defines it and its name there, wherever else it is handed on."""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any


def full_path(kind: Callable[..., Any]) -> str:
    """Where a class is defined.

    Args:
        kind: the class, or a function that makes a model.

    Returns:
        ``module.qualname``.

    >>> from lit_models.gae import GAE
    >>> full_path(GAE)
    'lit_models.gae.GAE'
    """
    return f"{kind.__module__}.{kind.__qualname__}"


def with_full_paths(value: Any) -> Any:
    """Replace every class path within a configuration by the full path of its class.

    jsonargparse writes the shortest path by which a class can be imported, so that a package that starts to
    hand a class on would change what is stored.

    Args:
        value: plain values, with a ``class_path`` of a class that can be imported anywhere among them.

    Returns:
        The same with full paths.

    >>> with_full_paths({"class_path": "torch.nn.Linear", "init_args": {"bias": False}})
    {'class_path': 'torch.nn.modules.linear.Linear', 'init_args': {'bias': False}}
    """
    if isinstance(value, dict):
        changed = {key: with_full_paths(each) for key, each in value.items()}
        path = value.get("class_path")
        return changed | {"class_path": _full(path)} if isinstance(path, str) else changed
    if isinstance(value, list | tuple):
        return type(value)(with_full_paths(each) for each in value)
    return value


def _full(path: str) -> str:
    found = resolve_name(path)
    if not isinstance(found, type):  # a function that makes a model
        return path
    full = full_path(found)
    try:
        is_there = resolve_name(full) is found
    except (ImportError, AttributeError):
        return path
    return full if is_there else path
