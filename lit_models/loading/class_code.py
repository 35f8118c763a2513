"""Whether code says that a class is a recovery model, found by reading it: nothing is imported or run.

A file that names a class is data. What it names is imported only once its code is known to define a model.
"""

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator, Mapping
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from datamodules.errors import UserError
from lit_models.base import RecoveryModel
from lit_models.loading.source_hash import absolute_module

# Packages that may be imported whatever names them: this project's own, and what layers are made of.
OWN = frozenset({"lit_models", "affinity_bench", "datamodules"})
_LAYERS = frozenset({"torch", "torch_geometric"})


def check_class(word: str, *, folder: Path) -> None:
    """Refuse what a model's file names, unless its code says that it is a model.

    Args:
        word: the file's ``class_path``: ``file.py:Class`` or ``some.package.Class``.
        folder: what a relative path is relative to.

    Raises:
        UserError: if it is none, or cannot be known to be one without running code; files that are not
            there or do not parse are left to the import, which says so.
    """
    location, colon, name = word.rpartition(":")
    if not colon:
        location, _, name = word.rpartition(".")
    if location.partition(".")[0] in OWN:  # this project's code, which checks what it imports
        return
    file = (folder / location).resolve() if colon else module_file(location)
    if colon and file and not file.is_file():
        return
    package = "" if colon or file is None else _package_of(location, file)
    try:
        if file and is_model(name, code=file.read_bytes(), package=package):
            return
    except (SyntaxError, ValueError):
        return
    raise UserError(
        f"class_path: '{word}' is not imported, since its code does not say that it is a model: write "
        f"`class {name}(RecoveryModel):` with `from lit_models.base import RecoveryModel`"
    )


def module_file(module: str) -> Path | None:
    """The Python file of a module, found without importing the packages around it.

    Args:
        module: dotted name; the current folder is searched last.

    Returns:
        The file; None for a module that is not there, or is no Python code.
    """
    first, *inner = module.split(".")
    spec = _top_level(first)
    for part in inner:
        spec = PathFinder.find_spec(part, spec.submodule_search_locations or []) if spec else None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def _package_of(module: str, file: Path) -> str:
    """What the relative imports of a module are relative to."""
    return module if file.name == "__init__.py" else module.rpartition(".")[0]


def is_model(name: str, *, code: bytes, package: str) -> bool:
    """Whether some code defines, or hands on, a class derived from :class:`RecoveryModel`.

    Args:
        name: the class.
        code: of the module.
        package: what relative imports are relative to; "" for a file of its own.

    Returns:
        False as well for a class that is made by calls, which cannot be known without running them.
    """
    return _Reader().is_model(name, ast.parse(code), package)


def check_parts(init_args: object, *, class_path: str) -> None:
    """Refuse arguments that name a class of a package that has nothing to do with the model.

    Args:
        init_args: of a model's file; any class in them would be imported to be checked.
        class_path: of the model.

    Raises:
        UserError: for such a class.
    """
    allowed = OWN | _LAYERS | {class_path.partition(".")[0]}
    for path in _class_paths(init_args):
        if path.partition(".")[0] not in allowed:
            raise UserError(
                f"init_args: '{path}' is a class of another package than the model, torch or lit_models, and "
                "is not imported: import it in the model's own code"
            )


def _class_paths(value: Any) -> Iterator[str]:
    """All class paths within a configuration."""
    if isinstance(value, Mapping):
        if isinstance(value.get("class_path"), str):
            yield value["class_path"]
        value = list(value.values())
    for each in value if isinstance(value, list) else []:
        yield from _class_paths(each)


def _top_level(name: str) -> ModuleSpec | None:
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # such as __main__
        return None
    return spec or PathFinder.find_spec(name, [str(Path.cwd())])


class _Reader:
    """Follows a class through the code of modules, which may go in circles."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, str]] = set()
        self._trees: dict[Path, ast.Module] = {}

    def is_model(self, name: str, tree: ast.Module, package: str) -> bool:
        """Whether a name of a module is a model."""
        if (id(tree), name) in self._seen:
            return False
        self._seen.add((id(tree), name))
        return any(self._node_is_model(node, name, tree, package) for node in _statements(tree))

    def _node_is_model(self, node: ast.stmt, name: str, tree: ast.Module, package: str) -> bool:
        match node:
            case ast.ClassDef(name=own, bases=bases) if own == name:
                return any(self._expression_is_model(base, tree, package) for base in bases)
            case ast.Assign(targets=[ast.Name(id=own)], value=value) if own == name:
                return self._expression_is_model(value, tree, package)
            case ast.ImportFrom(names=names):
                home = absolute_module(node, package)
                return any(
                    self._is_model_of(home, name if each.name == "*" else each.name)
                    for each in names
                    if name == (each.asname or each.name) or each.name == "*"
                )
        return False

    def _expression_is_model(self, node: ast.expr, tree: ast.Module, package: str) -> bool:
        if isinstance(node, ast.Subscript):  # Base[Argument]
            return self._expression_is_model(node.value, tree, package)
        if isinstance(node, ast.Name):
            return self.is_model(node.id, tree, package)
        first, *inner = ast.unparse(node).split(".")
        if not isinstance(node, ast.Attribute) or not inner:
            return False
        home = next((path for bound, path in _modules(tree, package) if bound == first), None)
        return home is not None and self._is_model_of(".".join([home, *inner[:-1]]), inner[-1])

    def _is_model_of(self, module: str, name: str) -> bool:
        if module.partition(".")[0] in OWN:
            found = getattr(importlib.import_module(module), name, None)
            return inspect.isclass(found) and issubclass(found, RecoveryModel)
        file = module_file(module)
        if file is None:
            return False
        if file not in self._trees:
            self._trees[file] = ast.parse(file.read_bytes())
        return self.is_model(name, self._trees[file], _package_of(module, file))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements of a module, and those within its conditions."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.If | ast.Try | ast.With):
            waiting += ast.iter_child_nodes(node)
        elif isinstance(node, ast.ExceptHandler):
            waiting += node.body
        elif isinstance(node, ast.stmt):
            yield node


def _modules(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    """Names that stand for modules, each with the module."""
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.partition(".")[0]
                yield (each.asname, each.name) if each.asname else (first, first)
        elif isinstance(node, ast.ImportFrom):
            home = absolute_module(node, package)
            yield from ((each.asname or each.name, f"{home}.{each.name}") for each in node.names)
