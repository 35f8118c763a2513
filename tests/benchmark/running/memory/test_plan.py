"""Plans: chunks that fit the budget, an honest estimate, and a refusal that names the way out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmark.running.fit_model import data_for
from benchmark.running.memory import plan as planning
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.memory.plan import MASK_ARRAYS, PROCESS_BYTES, MemoryPlan, plan_memory
from benchmark.running.memory.probe import Probe, Seconds
from benchmark.running.trainer import Hardware
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.load_table import load_table
from lit_models.registry import load_model

MIB = 2**20
SPLITS, MEMBERS, SIZE = 3, 4, 64
KEPT = PROCESS_BYTES + SPLITS * (MEMBERS + MASK_ARRAYS) * 8 * SIZE**2
CONFIG = load_model("source-target-profile")


@pytest.fixture
def data() -> AffinityDataModule:
    names = [f"task {number}" for number in range(SIZE)]
    values = np.random.default_rng(0).normal(size=(SIZE, SIZE))
    table = load_table(pd.DataFrame(values, index=names, columns=names))
    return data_for(CONFIG, table, setting="transductive", numbers=range(SPLITS))


def plan(data: AffinityDataModule, budget: int, *, hardware: Hardware | None = None) -> MemoryPlan:
    own = replace(hardware or Hardware(), memory=MemoryBudget(total_bytes=budget))
    return plan_memory(CONFIG, data, members=MEMBERS, epochs=10, seed=0, hardware=own)


@pytest.fixture
def replica_of_8_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Probe, "replica_bytes", lambda _: (8 * MIB, Seconds(9.0, 9.0)))
    monkeypatch.setattr(Probe, "seconds", lambda _, *, members: Seconds(0.2 * members, 0.0))


def test_a_small_cell_is_not_measured(data: AffinityDataModule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Probe, "replica_bytes", None)
    whole = plan(data, PROCESS_BYTES + SPLITS * MEMBERS * 1500 * 8 * SIZE**2)
    assert [len(chunk.positions) for chunk in whole.chunks] == [SPLITS]
    assert whole.peak_bytes == 0


@pytest.mark.usefixtures("replica_of_8_mib")
@pytest.mark.parametrize(
    ("room", "devices", "shape"),
    [
        (12, 1, [(3, 4)]),
        (9, 1, [(2, 4), (1, 4)]),
        (4, 1, [(1, 4)] * 3),
        (3, 1, [(1, 2)] * 6),
        (1, 1, [(1, 1)] * 12),
        (8, 2, [(3, 4)]),  # in every process, of which one takes two splits
        (4, 2, [(3, 2)] * 2),
    ],
)
def test_chunks_fit_what_is_left(
    data: AffinityDataModule, room: int, devices: int, shape: list[tuple[int, int]]
) -> None:
    budget = devices * (KEPT + room * 8 * MIB + MIB)
    own = plan(data, budget, hardware=Hardware(devices=devices))
    assert [(len(chunk.positions), chunk.members) for chunk in own.chunks] == shape
    assert KEPT < own.peak_bytes * devices <= budget
    if room >= MEMBERS and devices == 1:
        assert own.seconds == pytest.approx(SPLITS * MEMBERS * 10 * 0.2)
        assert "at most about 0:00:24" in str(own)


@pytest.mark.usefixtures("replica_of_8_mib")
def test_what_does_not_fit_is_refused_with_figures(data: AffinityDataModule) -> None:
    with pytest.raises(UserError) as refusal:
        plan(data, KEPT + 8 * MIB - 1)
    words = str(refusal.value)
    assert "source-target-profile on DataFrame needs at least 585 MiB" in words
    assert "8 MiB for one replica of 64 tasks" in words
    assert "the budget is 585 MiB: give more memory (MEMORY=, --memory)" in words


@pytest.mark.usefixtures("replica_of_8_mib")
def test_scoring_has_to_fit_too(data: AffinityDataModule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SCORING_ARRAYS", 1000)
    with pytest.raises(UserError, match="94 MiB to score them"):
        plan(data, KEPT + 80 * MIB)


def test_the_estimate_is_the_same_every_time(data: AffinityDataModule) -> None:
    first, second = (plan(data, KEPT + 4 * MIB) for _ in range(2))
    assert first.chunks == second.chunks
    assert first.peak_bytes == second.peak_bytes > KEPT
    assert len(first.chunks) == 1


def test_an_error_of_the_model_is_left_to_the_cell(
    data: AffinityDataModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Probe) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(Probe, "replica_bytes", fail)
    assert len(plan(data, KEPT + 4 * MIB).chunks) == 1
