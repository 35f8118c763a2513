"""What the tests of sparse tables share: a small hub, and a small square table."""

import numpy as np
import pytest

from datamodules.sparse.gravity_hub import GravityHub, draw_gravity_hub
from datamodules.sparse.table import SparseAffinityTable


@pytest.fixture(scope="session")
def hub() -> GravityHub:
    return draw_gravity_hub(cells=2000, sources=200, targets=40, seed=3)


@pytest.fixture
def square() -> SparseAffinityTable:
    """Three tasks, each a source for the two others."""
    return SparseAffinityTable(
        name="square",
        unit="accuracy",
        source_names=("a", "b", "c"),
        target_names=("c", "a", "b"),
        source=np.array([1, 0, 2, 1, 0, 2]),
        target=np.array([0, 0, 1, 1, 2, 2]),
        value=np.array([4.0, 3.0, 2.0, 1.0, 5.0, 6.0]),
    )
