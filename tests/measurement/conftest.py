"""A whole measurement of the digits example, small enough for every run of the tests."""

from itertools import chain
from pathlib import Path

import pytest

from measurement.campaign import Campaign
from measurement.jobs import Effort, Workbench
from measurement.task_file import load_tasks
from measurement.training import TrainingPlan

FEW = 24  # examples for Task2Vec, which takes the gradient of each
EXAMPLE = Path(__file__).parents[2] / "examples" / "digits_tasks.py"


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Two seeds of the example, every job done."""
    folder = tmp_path_factory.mktemp("measured")
    effort = Effort(
        train=TrainingPlan(steps=25, batch=64, learning_rate=5e-3),
        readout=TrainingPlan(steps=12, batch=16, learning_rate=5e-3),
        best=3,
    )
    campaign = Campaign(tasks=str(EXAMPLE), folder=folder, seeds=2, restarts=1, effort=effort)
    campaign.prepare()
    bench = workbench(campaign)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("measurement.task2vec.EXAMPLES", FEW)
        for job in chain.from_iterable(campaign.stages()):
            bench.run(job)
    return campaign


def workbench(campaign: Campaign) -> Workbench:
    tasks = load_tasks(campaign.tasks)
    return Workbench(
        tasks=tasks.tasks, make_encoder=tasks.make_encoder, effort=campaign.effort, folder=campaign.folder
    )
