"""A model's YAML file, and lists in it as a grid: every combination is a model of its own."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from datamodules.errors import UserError

PLAIN = re.compile(r"[\w.-]+", re.ASCII)
MAX_BYTES = 2**17
MAX_VALUES = 10_000


class Point(NamedTuple):
    """One combination.

    Attributes:
        ending: what tells it apart, to be put behind the file's name: ``-width=32-dropout=0.1``; "" if
            nothing varies.
        content: the file's content, a single value where a list varied.
    """

    ending: str
    content: dict[str, Any]


def read_model_file(path: Path) -> dict[str, Any]:
    """Read a model's YAML file.

    Args:
        path: the file.

    Returns:
        Its content; ``class_path`` is there, a text.

    Raises:
        UserError: if there is no such file, or it is no YAML of that kind.
    """
    if not path.is_file():
        near = get_close_matches(path.name, [each.name for each in path.parent.glob("*.y*ml")], n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "Check the path."
        raise UserError(f"{path}: there is no such file. {hint}")
    if path.stat().st_size > MAX_BYTES:
        raise UserError(f"{path}: more than {MAX_BYTES:,} bytes, which no model's file has")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{path}: no YAML: {' '.join(str(error).split())}") from error
    if not _has_at_most(MAX_VALUES, content):
        raise UserError(f"{path}: more than {MAX_VALUES:,} values, once its aliases are followed")
    if not (isinstance(content, dict) and isinstance(content.get("class_path"), str)):
        raise UserError(
            f"{path}: a model's file names its class: `class_path: my_recovery_model.py:MyRecoveryModel`"
        )
    return content


def _has_at_most(most: int, content: object) -> bool:
    """Whether a content is small: an alias stands for all that it names, be that itself."""
    waiting, seen = [content], 0
    while waiting and seen + len(waiting) <= most:
        seen += 1
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += [*each, *each.values()]
        elif isinstance(each, list | tuple):
            waiting += each
    return not waiting


def points(content: Mapping[str, Any], parts: Mapping[str, Callable[[str, Any], bool]]) -> list[Point]:
    """Expand the lists in some parts of a model's file.

    A list is a grid if each of its elements fits the argument by itself, and a value otherwise: ``heads:
    [gravity, symmetric]`` of an argument that takes a list is one value, and a list of two such lists a grid.

    Args:
        content: of the file.
        parts: keys whose values are mappings, each with a function that says whether a value fits one of
            their arguments.

    Returns:
        The combinations, the last list varying fastest.

    >>> [point.ending for point in points({"a": {"x": [1, 2], "y": [3]}}, {"a": lambda key, value: True})]
    ['-x=1', '-x=2']
    """
    axes: list[tuple[str, str, list[Any]]] = []
    for part, fits in parts.items():
        arguments = content.get(part)
        for key, value in arguments.items() if isinstance(arguments, Mapping) else ():
            if isinstance(value, list) and value and all(fits(key, element) for element in value):
                axes.append((part, key, value))
    found = []
    for places in product(*(range(len(values)) for *_, values in axes)):
        own = {part: dict(value) if part in parts else value for part, value in content.items()}
        ending = ""
        for (part, key, values), place in zip(axes, places, strict=True):
            own[part][key] = values[place]
            ending += f"-{key}={_words(values[place], place)}" if len(values) > 1 else ""
        found.append(Point(ending, own))
    return found


def _words(value: object, place: int) -> str:
    """A value as part of a file's name: itself, or which of the list it is."""
    return str(value) if PLAIN.fullmatch(str(value)) else f"#{place + 1}"
