"""Cheats and harms as set models: they fail, gain nothing, or are refused by verify; an honest one passes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import Code, WorkerError
from benchmark.results.track_files import content_of
from benchmark.running.memory.budget import MemoryBudget
from benchmark.running.trainer import Hardware
from benchmark.sets.run_cell import SetTask, make_task, run_cell
from benchmark.sets.submission import load_set_model_in_worker
from benchmark.sets.verify import is_set_result, mark_set_result, verify_set_result
from benchmark.smoke.guard import Guard, file_of
from benchmark.smoke.report import CheckError
from benchmark.smoke.set_checks import splits_stay_apart
from benchmark.smoke.subject import Subject
from datamodules.errors import UserError
from datamodules.sets.published_sets import published_sets
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model
from lit_models.sets.registry import load_set_model

from ..isolation.cheats import HARMS, REACHES

pytestmark = pytest.mark.processes

HEAD = '''\
import torch

from lit_models.sets.base import SetModel


class Base(SetModel):
    """The best member by what ``forward`` says of single transfers: an honest model."""

    knows_tasks_by_identity = True

    def __init__(self, num_tasks: int, num_features: int) -> None:
        super().__init__()

    def forward(self, graph):
        return graph.affinity

    def forward_sets(self, graph, sets):
        single = self.forward(graph).mT[sets.target]
        return torch.where(sets.members, single, -9.0).amax(-1)


def truth(values, graph):
    return torch.nan_to_num(torch.as_tensor(values, dtype=torch.float32)) + 0.0 * graph.affinity


'''
# What every set really gives, in the code, found by its target and members; {} stands for it.
KNOWS = """\
T = {}


class Mine(Base):
    def forward_sets(self, graph, sets):
        rows = zip(sets.target.tolist(), sets.members)
        return torch.tensor([T[target, tuple(own.nonzero().flatten().tolist())] for target, own in rows])
"""
# What one split hides, another one shows: pooled by state between calls.
POOLS = """\
class Mine(Base):
    reads_values = True
    batchable = False
    seen = {}

    def forward_sets(self, graph, sets):
        for target, own, value, known in zip(sets.target.tolist(), sets.members, sets.value, sets.observed):
            if known:
                self.seen[target, tuple(own.tolist())] = float(value)
        return torch.tensor(
            [
                self.seen.get((target, tuple(own.tolist())), 0.0)
                for target, own in zip(sets.target.tolist(), sets.members)
            ]
        )
"""
HARDWARE = Hardware(limit_seconds=120.0, memory=MemoryBudget(total_bytes=4 * 2**30))
QUICK_TO_TRY = {"walks the frames"}
HONEST = 0.7  # above what the best member scores


@pytest.fixture(scope="module")
def task() -> SetTask:
    return make_task(published_sets("taskonomy"), "random", "all")


def own(tmp_path: Path, body: str) -> ModelConfig:
    file = tmp_path / "mine.py"
    file.write_text(HEAD + body)
    np.save(tmp_path / "beside.npy", np.zeros(3))
    return load_set_model_in_worker(f"{file}:Mine")


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK_TO_TRY else pytest.param(name, marks=pytest.mark.slow)
        for name in (*REACHES, *HARMS)
        if name not in ("another shape", "no finite scores")  # of single transfers
    ],
)
def test_a_cheat_fails_or_gains_nothing(name: str, tmp_path: Path, task: SetTask) -> None:
    cheat = {**REACHES, **HARMS}[name]
    hardware = replace(HARDWARE, limit_seconds=3.0) if name == "hangs" else HARDWARE
    config = own(tmp_path, cheat.body)
    if cheat.error:
        with pytest.raises(WorkerError) as error:
            run_cell(task, config, hardware=hardware)
        assert cheat.error in str(error.value)
    else:
        result = run_cell(task, config, hardware=hardware)
        assert result.marks == ["isolated"]
        assert (result.metrics["spearman"].mean or 0.0) < HONEST
    assert not (tmp_path / "planted").exists()


def refusals(tmp_path: Path, task: SetTask, config: ModelConfig) -> list[str]:
    """What verify says of a cell."""
    run_cell(task, config, hardware=HARDWARE).write(tmp_path / "out")
    (path,) = (tmp_path / "out").rglob("*.json")
    assert is_set_result(content_of(path))
    verdict = verify_set_result(path, models={config.name: config})
    if not verdict.refusals:
        mark_set_result(path)
        assert '"verified alone + sham"' in path.read_text()
    return verdict.refusals


@pytest.mark.slow
def test_the_real_values_in_the_code_are_found_by_a_sham(tmp_path: Path, task: SetTask) -> None:
    sets = task.sets
    known = {
        (int(target), tuple(own.nonzero()[0].tolist())): round(float(value), 3)
        for target, own, value in zip(sets.target, sets.members, sets.value, strict=True)
    }
    (refusal,) = refusals(tmp_path, task, own(tmp_path, KNOWS.format(known)))
    assert refusal.startswith("sham: on two matrices whose values were dealt anew")


@pytest.mark.slow
def test_pooled_splits_are_refused_by_verify(tmp_path: Path, task: SetTask) -> None:
    found = refusals(tmp_path, task, own(tmp_path, POOLS))
    assert "beside 5 copies of itself" in found[0]


def test_pooled_splits_are_refused_by_smoke(tmp_path: Path) -> None:
    file = tmp_path / "pools.py"
    file.write_text(HEAD + POOLS)
    word = f"{file}:Mine"
    with Guard(file_of(word)) as guard:
        subject = Subject(load_model(word), guard=guard)
        with pytest.raises(CheckError, match="beside another split"):
            splits_stay_apart(subject)


@pytest.mark.slow
def test_an_honest_model_is_verified(tmp_path: Path, task: SetTask) -> None:
    assert refusals(tmp_path, task, own(tmp_path, "class Mine(Base):\n    pass\n")) == []


@pytest.mark.slow
def test_a_model_scores_in_a_worker_as_in_this_process(task: SetTask) -> None:
    config = load_set_model("hyperedge-kriging")
    isolated = Submission(**config.model_dump(), code=Code(word=config.name))
    plain, apart = (run_cell(task, each) for each in (config, isolated))
    assert plain.cell == apart.cell
    assert plain.metrics == apart.metrics
    assert (plain.marks, apart.marks) == ([], ["isolated"])


def test_what_scores_no_sets_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("from lit_models.means import SourceMean\nclass Mine(SourceMean):\n    pass\n")
    with pytest.raises(UserError, match="derive it from SetModel"):
        load_set_model_in_worker(f"{file}:Mine")
