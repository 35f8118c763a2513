"""What a measurement's code means, so that results of other code are never reused."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from measurement.worlds import WORLDS

HERE = Path(__file__).parent
# Decides losses and embeddings, with all that it imports; how jobs are run does not, nor what follows.
JOBS = HERE / "jobs.py"


def meaning_of(tasks: str) -> str:
    """Hash the code that decides what a measurement yields: of this package, and of the user's tasks.

    Comments, docstrings and the layout of the code do not count.

    Args:
        tasks: name of a world, or path of a task file.

    Returns:
        SHA-256 in hexadecimal.
    """
    return meaning_of_code(code_of(tasks))


def code_of(tasks: str) -> list[Path]:
    """The jobs and the tasks, and all that they import from this package or from the task file's folder.

    Args:
        tasks: name of a world, or path of a task file.

    Returns:
        Python files, those of this package last.
    """
    start = WORLDS[tasks].folder / "tasks.py" if tasks in WORLDS else Path(tasks).resolve()
    found: set[Path] = set()
    waiting = [JOBS, start]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            for name in _imported(path.read_bytes()):
                waiting += [file for file in _files_of(name, HERE.parent) if HERE in file.parents]
                waiting += _files_of(name, start.parent)
    return sorted(found, key=lambda path: (HERE in path.parents, path))


def meaning_of_code(paths: Iterable[Path]) -> str:
    """Hash Python files without their comments and docstrings.

    Args:
        paths: the files, whose order and names count.

    Returns:
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\n".encode())
        digest.update(_without_docstrings(path.read_bytes()).encode())
    return digest.hexdigest()


def _imported(code: bytes) -> Iterator[str]:
    """Dotted names that may be modules, within functions too."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            yield from (".".join([*base, alias.name]) for alias in node.names)


def _files_of(name: str, folder: Path) -> Iterator[Path]:
    """The files in a folder that importing a dotted name runs: those of its parents, and its own."""
    path = folder
    for part in name.split("."):
        path /= part
        yield from filter(Path.is_file, (path.with_name(f"{part}.py"), path / "__init__.py"))


def _without_docstrings(code: bytes) -> str:
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        match body:
            case [ast.Expr(value=ast.Constant(value=str())), *_]:
                body[:1] = [] if len(body) > 1 else [ast.Pass()]
    return ast.dump(tree)
