"""A byte-order mark, as Windows and spreadsheets write it, is no part of any text file that a user brings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.tuning.search_space import load_space
from datamodules.affinity_table import AffinityTable
from datamodules.links.citation import read_citations
from datamodules.load_table import load_table
from datamodules.measured_embeddings import read_similarities
from datamodules.own_matrix.grid import read_grid
from datamodules.sets.own_sets import own_sets
from lit_models.loading.model_file import read_model_file
from lit_models.registry import load_model
from measurement.games import read_games
from recovery.draw import with_drawn
from recovery.measurements import read_measurements
from recovery.plan.costs import read_costs
from recovery.plan.plan_file import read_told

NAMES = list("abcdefghijkl")
VALUES = np.random.default_rng(0).normal(size=(12, 12))
MATRIX = pd.DataFrame(VALUES, NAMES, NAMES)
TABLE = load_table(MATRIX)
HALF = MATRIX.where(np.random.default_rng(1).random((12, 12)) < 0.5)


def frame(table: AffinityTable) -> Any:
    return table.task_names, table.value, table.groups, table.features, table.pairs


def drawn(path: Path) -> Any:
    return with_drawn(read_measurements(HALF), path).table.value


def similarities(path: Path) -> Any:
    (path.parent / "representation.csv").write_bytes(path.read_bytes())
    return read_similarities(path.parent, NAMES)


OPEN = [
    (source, target) for source, row in HALF.iterrows() for target, value in row.items() if value != value
]
OPEN = [(source, target) for source, target in OPEN if source != target][:5]
LONG = "source,target,value\n" + "".join(
    f"{source},{target},{number}\n" for number, (source, target) in enumerate(OPEN)
)
LOSSES = "source,target,sample,loss\n" + "".join(
    f"{s},t,{k},{ord(s) * k % 7}\n" for s in "abc" for k in range(5)
)
FILES: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "matrix": (MATRIX.to_csv(), "m.csv", lambda path: frame(load_table(path))),
    "long table": (
        MATRIX.stack().rename_axis(["source", "target"]).rename("value").to_csv(),
        "m.csv",
        read_grid,
    ),
    "TSV": (MATRIX.to_csv(sep="\t"), "m.tsv", lambda path: frame(load_table(path))),
    "tasks": (
        "name,group,size\n" + "".join(f"{name},g,{ord(name)}\n" for name in NAMES),
        "tasks.csv",
        lambda path: frame(load_table(MATRIX, tasks=path)),
    ),
    "pairs": (
        "source,target,distance\n" + "".join(f"a,{name},{ord(name)}\n" for name in NAMES[1:]),
        "pairs.csv",
        lambda path: frame(load_table(MATRIX, pairs=path)),
    ),
    "sets": (
        "target,sources,value\na,b;c,1\na,c;d,2\n",
        "sets.csv",
        lambda path: own_sets(path, TABLE).value,
    ),
    "costs": ("source,target,cost\na,b,2\n,c,3\n", "costs.csv", lambda path: read_costs(path, TABLE)),
    "told results": (LONG, "done.csv", read_told),
    "drawn cells": (LONG, "drawn.csv", drawn),
    "losses": (LOSSES, "losses.csv", read_games),
    "citations": ("1\t2\n2\t3\n", "graph.cites", lambda path: read_citations(path)),
    "similarities": (pd.DataFrame(np.eye(12), NAMES, NAMES).to_csv(), "r.csv", similarities),
    "model": ("class_path: mine.py:Mine\ninit_args: {a: 1}\n", "m.yaml", read_model_file),
    "search space": (
        "init_args:\n  noise: {low: 0.1, high: 0.5}\n",
        "space.yaml",
        lambda path: load_space(path, load_model("matrix-normal"), trained=False),
    ),
}


@pytest.mark.parametrize(("text", "name", "read"), FILES.values(), ids=FILES)
def test_a_byte_order_mark_changes_nothing(
    text: str, name: str, read: Callable[[Path], Any], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    plain = read(path)
    path.write_text(text, "utf-8-sig")
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    assert repr(read(path)) == repr(plain)
