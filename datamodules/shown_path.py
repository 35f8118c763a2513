"""Paths in messages."""

from pathlib import Path


def shown_path(file: str | Path) -> str:
    """A path as a user would write it: from the current folder on, if it lies in there."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
