"""The example notebooks run, from any folder, and show what is committed."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

SLOW = {"plan_a_campaign", "recover_your_matrix", "task_embeddings"}  # they train models, or recover often
NOTEBOOKS = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in SLOW else [])
    for path in sorted((Path(__file__).parents[1] / "examples").glob("*.ipynb"))
]
named = pytest.mark.parametrize("notebook", NOTEBOOKS)


def shown(notebook: Any) -> list[list[str]]:
    """Texts of the outputs of each cell, without what takes another time each time."""
    return [
        [
            re.sub(r"\d+\.\d s\b", "… s", output.get("text") or output["data"]["text/plain"])
            for output in cell.outputs
            if not output.get("text", "").startswith("\r")  # a progress bar, which quick machines do not show
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@named
def test_the_notebook_shows_what_is_committed(notebook: Path, tmp_path: Path) -> None:
    committed = nbformat.read(notebook, as_version=4)
    again = nbformat.read(notebook, as_version=4)
    for cell in again.cells:
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(again, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert shown(again) == shown(committed)
    assert list(tmp_path.iterdir()) == []


@named
def test_the_committed_outputs_are_short(notebook: Path) -> None:
    committed = nbformat.read(notebook, as_version=4)
    texts = [text for outputs in shown(committed) for text in outputs]
    assert len(texts) >= 6
    assert max(len(text.splitlines()) for text in texts) <= 10
    assert notebook.stat().st_size < 400_000  # pictures included
