"""What a measurement's code means, so that results of other code are never reused."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
# What decides a loss: not how jobs are run, and not what is made of the losses.
DECISIVE = ("jobs.py", "networks.py", "readouts.py", "task.py", "training.py")


def meaning_of(tasks: Path | None) -> str:
    """Hash the code that decides the losses: of this package, and of the user's tasks.

    Comments, docstrings and the layout of the code do not count.

    Args:
        tasks: the task file, and with it the modules beside it that it imports; None for mini-vision.

    Returns:
        SHA-256 in hexadecimal.
    """
    own = sorted((HERE / "mini_vision").glob("*.py")) if tasks is None else _with_neighbours(tasks)
    digest = hashlib.sha256()
    for path in [*(HERE / name for name in DECISIVE), *own]:
        digest.update(f"{path.name}\n".encode())
        digest.update(_without_docstrings(path.read_bytes()).encode())
    return digest.hexdigest()


def _with_neighbours(tasks: Path) -> list[Path]:
    """The task file and the Python files of its folder that it imports, and so on."""
    found: list[Path] = []
    open_ones = [tasks.resolve()]
    while open_ones:
        path = open_ones.pop()
        if path not in found:
            found.append(path)
            modules = {name.partition(".")[0] for name in _imported(path.read_bytes())}
            open_ones += sorted(
                file for name in modules if (file := tasks.resolve().with_name(f"{name}.py")).is_file()
            )
    return [found[0], *sorted(found[1:])]


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
