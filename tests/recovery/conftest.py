"""A half-measured matrix that a few models recover in a second."""

import numpy as np
import pandas as pd
import pytest

from datamodules.affinity_table import AffinityTable
from datamodules.load_table import load_table
from recovery.recover import recover
from recovery.recovery import Recovery


@pytest.fixture(scope="session")
def whole() -> AffinityTable:
    """25 tasks."""
    return load_table("taskonomy")


@pytest.fixture(scope="session")
def half(whole: AffinityTable) -> pd.DataFrame:
    """The same, half of it measured, and nothing of one target."""
    frame = whole.to_frame()
    hidden = np.random.default_rng(0).random(frame.shape) < 0.5
    frame = frame.mask(hidden)
    frame["jigsaw"] = np.nan
    return frame


@pytest.fixture(scope="session")
def recovered(half: pd.DataFrame) -> Recovery:
    return recover(half, model="kernel-ridge")
