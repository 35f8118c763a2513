"""What a measurement's code means, so that results of other code are never reused."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from measurement.worlds import WORLDS, World

HERE = Path(__file__).parent
# What decides a loss: not how jobs are run, and not what is made of the losses.
DECISIVE = ("jobs.py", "networks.py", "readouts.py", "task.py", "training.py")


def meaning_of(tasks: str) -> str:
    """Hash the code that decides the losses: of this package, and of the user's tasks.

    Comments, docstrings and the layout of the code do not count.

    Args:
        tasks: name of a world, or path of a task file, which counts with the modules beside it that it
            imports and the worlds that it uses.

    Returns:
        SHA-256 in hexadecimal.
    """
    own = _code_of(WORLDS[tasks]) if tasks in WORLDS else _with_neighbours(Path(tasks))
    return meaning_of_code([*(HERE / name for name in DECISIVE), *own])


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


def _code_of(world: World) -> list[Path]:
    return sorted(world.folder.glob("*.py"))


def _with_neighbours(tasks: Path) -> list[Path]:
    """The task file, the Python files of its folder that it imports, and so on, and the worlds they use."""
    found: list[Path] = []
    used: set[str] = set()
    open_ones = [tasks.resolve()]
    while open_ones:
        path = open_ones.pop()
        if path not in found:
            found.append(path)
            imported = set(_imported(path.read_bytes()))
            modules = {name.partition(".")[0] for name in imported}
            used |= {
                world.name
                for world in WORLDS.values()
                if any(f"{name}.".startswith(f"measurement.{world.folder.name}.") for name in imported)
            }
            open_ones += sorted(
                file for name in modules if (file := tasks.resolve().with_name(f"{name}.py")).is_file()
            )
    return [found[0], *sorted(found[1:]), *(path for name in sorted(used) for path in _code_of(WORLDS[name]))]


def _imported(code: bytes) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from [node.module] if node.module else (alias.name for alias in node.names)


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
