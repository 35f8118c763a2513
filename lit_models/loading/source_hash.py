"""A hash of the code that decides what a model predicts, by its meaning.

Comments, docstrings and layout do not count, nor does code that the model does not use: a result is stale
only once the syntax tree of a module that it depends on has changed.
"""

import ast
import hashlib
import importlib.util
import inspect
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from torch import nn

from datamodules.errors import UserError
from datamodules.moved import BECAME_PACKAGES, MOVED
from lit_models.base import RecoveryModel

# What makes the input of every model, and what trains it.
_COMMON = ("datamodules.base", "lit_models.training.lit_recovery")
_PROJECT = frozenset({"datamodules", "lit_models"})
# Left out of the trees: `u""` is `""`, and comments do not count.
_MEANINGLESS = frozenset({"kind", "type_comment", "type_ignores"})


class _Code(NamedTuple):
    """Source of a module, and whether that is the ``__init__`` of a package."""

    content: bytes
    is_package: bool


def source_hash(model: nn.Module) -> str:
    """SHA-256 of the code that decides what a model predicts.

    It covers the modules that define the classes of the model, of its parts and of their ancestors, make its
    input and train it, and all that these import, within functions too. Imports are followed inside this
    project and the package of the model's class; libraries are not.

    Args:
        model: an instance.

    Returns:
        The hash in hexadecimal.

    Raises:
        UserError: if the source of a class cannot be read.
    """
    ancestors = {kind for part in model.modules() for kind in type(part).__mro__}
    own = {_package(kind.__module__) for kind in ancestors if issubclass(kind, RecoveryModel)}
    inside = _PROJECT | own
    classes = sorted(
        (kind for kind in ancestors if _package(kind.__module__) in inside),
        key=lambda kind: (kind.__module__, kind.__qualname__),
    )
    in_files = {kind.__module__ for kind in classes if _code(kind.__module__) is not None}
    trees = {name: _tree(code.content) for name, code in _closure([*_COMMON, *in_files], inside)}
    for kind in classes:
        if kind.__module__ not in in_files:
            trees[f"{kind.__module__}.{kind.__qualname__}"] = _tree(_source_in_memory(kind))
    return _hash(trees)


def code_hash(modules: Iterable[str], *, inside: Iterable[str]) -> str:
    """SHA-256 of modules and of all that they import from some packages.

    Args:
        modules: dotted names.
        inside: names of the packages in which imports are followed.

    Returns:
        The hash in hexadecimal.
    """
    return _hash({name: _tree(code.content) for name, code in _closure(modules, frozenset(inside))})


def _hash(trees: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(trees):
        digest.update(f"{name} {trees[name]}\n".encode())
    return digest.hexdigest()


def _package(module: str) -> str:
    return module.partition(".")[0]


def _code(module: str) -> _Code | None:
    """Code of a module as it was when it was first asked for; None if there is no such file."""
    submitted = getattr(sys.modules.get(module), "_content", None)  # a file that may be run again, changed
    return _Code(submitted, is_package=False) if isinstance(submitted, bytes) else _code_in_file(module)


@cache
def _code_in_file(module: str) -> _Code | None:
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None and module not in sys.modules:
        try:
            spec = importlib.util.find_spec(module)
        except ModuleNotFoundError:  # its parent is no package
            return None
        file = spec.origin if spec else None
    path = Path(file) if file else None
    if path is None or path.suffix != ".py":
        return None
    return _Code(path.read_bytes(), is_package=path.name == "__init__.py")


def _source_in_memory(kind: type) -> bytes:
    """Code of a class that lies in no file: the cells of a notebook that define its methods."""
    # Not inspect.getsource, which finds no class of a notebook before Python 3.13.
    codes = [method.__code__ for method in vars(kind).values() if inspect.isfunction(method)]
    cells = {code.co_filename: "".join(linecache.getlines(code.co_filename)) for code in codes}
    if not all(cells.values()):
        raise UserError(
            f"the source of the class {kind.__qualname__} cannot be read, and a result names the code that "
            "made it: define it in a file or in a notebook"
        )
    return "\n".join(sorted(set(cells.values()))).encode()


def _closure(modules: Iterable[str], inside: frozenset[str] | set[str]) -> Iterator[tuple[str, _Code]]:
    """Modules and all that they import, each once."""
    waiting, seen = list(modules), set(modules)
    while waiting:
        name = waiting.pop()
        code = _code(name)
        if code is None:
            continue
        yield name, code
        package = name if code.is_package else name.rpartition(".")[0]
        for module, attribute in _imports(code.content, package):
            for found in _home(module, attribute) if _package(module) in inside else ():
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)


def _home(module: str, attribute: str) -> Iterator[str]:
    """The module that ``from module import attribute`` depends on: where the name is defined.

    A package that only hands a name on does not count, nor does an old path.
    """
    module = MOVED.get(module, module)
    code = _code(module)
    if code is None:
        return
    if not code.is_package or not attribute:
        yield module
        return
    inner = f"{module}.{attribute}"
    if _code(MOVED.get(inner, inner)) is not None:
        yield MOVED.get(inner, inner)
        return
    handed_on = _handed_on(code.content, module)
    if attribute in handed_on:
        yield from _home(*handed_on[attribute])
    else:
        yield BECAME_PACKAGES.get(module, module)


@cache
def _imports(content: bytes, package: str) -> tuple[tuple[str, str], ...]:
    """What some code imports: modules, each with the name taken out of it, "" for all of it.

    Args:
        content: the code.
        package: what relative imports are relative to.
    """
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import):
            found += [(each.name, "") for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = absolute_module(node, package)
            found += [(module, "" if each.name == "*" else each.name) for each in node.names]
    return tuple(found)


@cache
def _handed_on(content: bytes, package: str) -> dict[str, tuple[str, str]]:
    """Names that a package imports, each with its module and its name there."""
    return {
        each.asname or each.name: (absolute_module(node, package), each.name)
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.ImportFrom)
        for each in node.names
    }


def absolute_module(node: ast.ImportFrom, package: str) -> str:
    """The module that ``from … import`` names, relative to a package or not."""
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


@cache
def _tree(content: bytes) -> str:
    return _words(ast.parse(content))


def _words(node: object) -> str:
    r"""A syntax tree as text, without positions and docstrings.

    Not :func:`ast.dump`: that also writes fields which only some versions of Python have, though empty.

    >>> _words(ast.parse("x = 1  # one")) == _words(ast.parse("'A text.'\nx = 1"))
    True
    """
    if isinstance(node, list):
        return ",".join(_words(each) for each in node if not _is_text(each))
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {
        name: _words(value)
        for name, value in ast.iter_fields(node)
        if value is not None and name not in _MEANINGLESS
    }
    inner = " ".join(f"{name}=[{words}]" for name, words in fields.items() if words)
    return f"{type(node).__name__}({inner})"


def _is_text(node: object) -> bool:
    """Whether a statement is a docstring, or another text that nothing is done with."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
