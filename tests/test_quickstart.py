"""The example notebook runs, from any folder, and shows what is committed."""

import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "examples/quickstart.ipynb"


def shown(notebook: Any) -> list[list[str]]:
    """Texts of the outputs of each cell, without what takes another time each time."""
    return [
        [
            re.sub(r"\d+\.\d s\b", "… s", output.get("text") or output["data"]["text/plain"])
            for output in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_the_notebook_shows_what_is_committed(tmp_path: Path) -> None:
    committed = nbformat.read(NOTEBOOK, as_version=4)
    again = nbformat.read(NOTEBOOK, as_version=4)
    for cell in again.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(again, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert shown(again) == shown(committed)
    assert list(tmp_path.iterdir()) == []


def test_the_committed_outputs_are_short() -> None:
    committed = nbformat.read(NOTEBOOK, as_version=4)
    texts = [text for outputs in shown(committed) for text in outputs]
    assert len(texts) >= 6
    assert max(len(text.splitlines()) for text in texts) <= 10
    assert NOTEBOOK.stat().st_size < 20_000
