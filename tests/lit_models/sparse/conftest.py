"""What the tests of sparse forms share: a bipartite and a square table, and what is observed of them."""

import numpy as np
import pytest

from datamodules.sparse.datamodule import SparseDataModule
from datamodules.sparse.gravity_hub import draw_gravity_hub
from datamodules.sparse.splits import hide_cells
from datamodules.sparse.table import SparseAffinityTable


def square_table() -> SparseAffinityTable:
    """Twelve tasks, most pairs measured in both directions; as targets they stand in another order."""
    rng = np.random.default_rng(5)
    source, target = np.nonzero(~np.eye(12, dtype=bool)[::-1] & (rng.random((12, 12)) < 0.8))
    names = tuple(f"task {number:02}" for number in range(12))
    value = rng.normal(size=len(source))
    return SparseAffinityTable(
        name="square",
        unit="none",
        source_names=names,
        target_names=names[::-1],
        source=source,
        target=target,
        value=value,
    )


@pytest.fixture(scope="session")
def hub() -> SparseAffinityTable:
    return draw_gravity_hub(cells=600, sources=80, targets=20, seed=1).table


@pytest.fixture(scope="session", params=["bipartite", "square"])
def data(request: pytest.FixtureRequest, hub: SparseAffinityTable) -> SparseDataModule:
    table = hub if request.param == "bipartite" else square_table()
    return SparseDataModule(table=table, split=hide_cells(table), batches=4)
