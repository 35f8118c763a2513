"""The checks of smoke, from Python."""

import threading
import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from benchmark.smoke.check_model import check_model
from benchmark.smoke.checks import CHECKS, checks_of
from benchmark.smoke.guard import Guard, file_of
from benchmark.smoke.run_checks import LOADS, run_checks
from benchmark.smoke.subject import Subject
from datamodules.graph import TaskGraph
from datamodules.splits.protocol import Setting
from lit_models.base import RecoveryModel
from lit_models.registry import load_model

from .broken_submissions import BROKEN, HEAD, NEED_A_PROCESS

# These do what only a process of its own survives.


class Linear(RecoveryModel):
    """A linear map of what each source gave."""

    knows_tasks_by_identity = True
    settings: frozenset[Setting] = frozenset({"transductive"})  # type: ignore[assignment]

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # as all are built
        super().__init__()
        self.linear = nn.Linear(num_tasks, num_tasks)

    def forward(self, graph: TaskGraph) -> Tensor:
        found: Tensor = self.linear(graph.affinity)
        return found


class Threaded(Linear):
    def forward(self, graph: TaskGraph) -> Tensor:
        threading.Thread(target=int).start()
        return super().forward(graph)


def test_a_class_passes_the_one_list_of_checks() -> None:
    state = torch.get_rng_state()
    report = check_model(Linear)
    assert [line.name for line in report.lines] == [LOADS, *(check.name for check in CHECKS)]
    assert report.passed, report
    assert repr(report).splitlines()[-1] == f"all {len(report.lines)} checks passed"
    assert torch.equal(torch.get_rng_state(), state)


def test_what_it_starts_is_noted_while_it_is_checked_and_no_longer() -> None:
    report = check_model(Threaded)
    (line,) = [line for line in report.lines if not line.passed]
    assert line.name == "keeps to itself"
    assert line.words.startswith("it starts a thread")
    assert "change: do the work in forward itself" in repr(report)
    assert check_model(Linear).passed


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in NEED_A_PROCESS])
def test_a_broken_submission_is_told_what_smoke_would_tell(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name.replace(' ', '_')}.py"
    file.write_text(HEAD + BROKEN[name].body)
    word = f"{file}:Mine"
    with warnings.catch_warnings(), Guard(file_of(word)) as guard:
        checked = run_checks(lambda: Subject(load_model(word), guard=guard), checks_of, file=guard.file)
        line = next(line for line in checked if not line.passed)
    assert (line.name, BROKEN[name].says in line.words) == (BROKEN[name].check, True), line
    assert line.change or line.name == "loads"
    assert "Traceback" not in line.words
