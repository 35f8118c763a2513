"""Imports run one way, in no circle.

datamodules <- {measurement, lit_models} <- benchmark <- recovery <- leaderboard <- affinity_bench
"""

import ast
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
# The packages that each may import, beside itself.
MAY_IMPORT = {
    "datamodules": (),
    "measurement": ("datamodules",),
    "lit_models": ("datamodules",),
    "benchmark": ("datamodules", "measurement", "lit_models"),
    "recovery": ("datamodules", "measurement", "lit_models", "benchmark"),
    "leaderboard": ("datamodules", "measurement", "lit_models", "benchmark", "recovery"),
    "affinity_bench": ("datamodules", "measurement", "lit_models", "benchmark", "recovery", "leaderboard"),
}


def imported_modules(source: str) -> Iterator[tuple[int, str]]:
    """Line and absolute name of each module that a source imports, at its head or anywhere within.

    Relative imports are left out: they stay in their own top-level package.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            name = node.args[0] if node.args else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield node.lineno, name.value


def offences(source: str, package: str) -> list[tuple[int, str]]:
    """The imports of a source that its package may not make."""
    forbidden = set(MAY_IMPORT) - {package, *MAY_IMPORT[package]}
    return [(line, name) for line, name in imported_modules(source) if name.split(".")[0] in forbidden]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_file_imports_a_package_that_it_may_not(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    found = {str(file.relative_to(ROOT)): offences(file.read_text("utf-8"), package) for file in files}
    assert {file: lines for file, lines in found.items() if lines} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports within functions count as well; a package's own file is not drawn towards its modules."""
    files = [file for package in MAY_IMPORT for file in (ROOT / package).rglob("*.py")]
    modules = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    graph = nx.DiGraph(
        (module, name)
        for module, file in modules.items()
        if file.name != "__init__.py"
        for _, name in imported_modules(file.read_text("utf-8"))
        if name in modules
    )
    assert graph.number_of_edges() > len(modules)
    assert list(nx.simple_cycles(graph)) == []


@pytest.mark.parametrize(("package", "imported"), [*permutations(MAY_IMPORT, 2)])
@pytest.mark.parametrize(
    "statement",
    [
        "import {}",
        "import os, {}.deep.inside as alias",
        "from {} import name",
        "from {}.deep import name",
        "def function():\n    from {} import name",
        "if TYPE_CHECKING:\n    import {}.deep",
        "importlib.import_module('{}.deep')",
        "__import__('{}')",
    ],
)
def test_the_checker_catches_what_a_package_may_not_import(
    statement: str, package: str, imported: str
) -> None:
    code = statement.format(imported)
    found = offences(f"x = 1\n{code}", package)
    if imported in MAY_IMPORT[package]:
        assert found == []
    else:
        ((line, name),) = found
        assert line == 1 + len(code.splitlines())
        assert name.split(".")[0] == imported
    assert offences(statement.format(package), package) == []


@pytest.mark.parametrize(
    "harmless",
    ["import benchmarking", "from . import benchmark", "from .benchmark import x", "'import benchmark'"],
)
def test_the_checker_lets_look_alikes_pass(harmless: str) -> None:
    assert offences(harmless, "datamodules") == []
