"""What only POSIX systems have is imported where it is needed: all modules can be imported on Windows."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from .test_imports import MAY_IMPORT, ROOT

POSIX = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios"}
# As far as Linux can show it: these imports fail in this project's modules, and nowhere else.
IMPORT_ALL = """
import builtins, importlib, pathlib, pkgutil, sys

packages, missing = {packages}, {missing}
imported = builtins.__import__

def without(name, globals=None, *rest, **named):
    if name in missing and (globals or {{}}).get("__name__", "").partition(".")[0] in packages:
        raise ImportError(name)
    return imported(name, globals, *rest, **named)

builtins.__import__ = without
for package in packages:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
        importlib.import_module(module.name)
from benchmark.results.atomic_files import write_together
write_together({{pathlib.Path(sys.argv[1]): b"written"}})
"""


def test_no_module_imports_what_only_posix_has_at_its_head() -> None:
    files = [file for package in MAY_IMPORT for file in (ROOT / package).rglob("*.py")]
    offenders = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.parse(file.read_bytes()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and POSIX & {getattr(node, "module", None), *(each.name for each in node.names)}
    ]
    assert offenders == []


@pytest.mark.slow
def test_all_modules_can_be_imported_without_them_and_files_written(tmp_path: Path) -> None:
    code = IMPORT_ALL.format(packages=[*MAY_IMPORT], missing=sorted(POSIX))
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.json")], check=True)
    assert (tmp_path / "a.json").read_bytes() == b"written"
