"""A measurement keeps what is done, does nothing twice and gives the same again."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from datamodules.errors import UserError
from measurement.campaign import Campaign, Done, run_campaign
from measurement.jobs import ALL_TASKS, Job, Workbench
from measurement.task import Examples, MeasuredTask, Part
from measurement.task_file import load_tasks

from .conftest import FEW

PSEUDO = {"self", "random", "pixels"}


def bench_in(folder: Path, campaign: Campaign) -> Workbench:
    tasks = load_tasks(campaign.tasks)
    return Workbench(
        tasks=tasks.tasks, make_encoder=tasks.make_encoder, effort=campaign.effort, folder=folder
    )


def test_stages_are_networks_then_what_needs_them_one_repetition_after_another(campaign: Campaign) -> None:
    counts = [Counter((job.repetition, job.kind) for job in stage) for stage in campaign.stages()]
    assert counts == [
        stage
        for repetition in range(2)
        for stage in (
            {(repetition, "network"): 6},
            {(repetition, "transfers"): 6, (repetition, "task2vec"): 6, (repetition, "representation"): 1},
        )
    ]


def test_every_source_has_a_loss_on_every_test_example(campaign: Campaign) -> None:
    names = {task.name for task in load_tasks(campaign.tasks).tasks}
    losses = pd.read_parquet(Job(0, "transfers", "digit").path(campaign.folder))
    counts = losses.groupby("source", observed=True)["sample"].nunique()
    assert set(counts) == {597}
    pairs = {name for name in counts.index if ";" in name}
    assert set(counts.index) - pairs == names | PSEUDO
    assert len(pairs) == 3  # all pairs of the three best
    assert not any("digit" in pair.split(";") for pair in pairs)
    assert np.isfinite(losses.loss).all()


def test_pairs_are_those_of_the_first_repetition(campaign: Campaign) -> None:
    one, other = (
        {
            name
            for name in pd.read_parquet(Job(seed, "transfers", "copy").path(campaign.folder)).source
            if ";" in name
        }
        for seed in range(2)
    )
    assert one == other


def test_a_transfer_learns_and_ones_own_network_is_better_than_chance(campaign: Campaign) -> None:
    losses = pd.read_parquet(Job(0, "transfers", "copy").path(campaign.folder))
    mean = losses.groupby("source", observed=True).loss.mean()
    assert mean["mirror"] < mean["odd"]  # pixels are kept by one, not by the other
    assert mean["self"] < mean["random"]


def test_the_same_again_is_the_same(campaign: Campaign, tmp_path: Path) -> None:
    again = bench_in(tmp_path, campaign)
    job = Job(1, "network", "odd")
    again.run(job)
    one, other = (torch.load(job.path(folder), weights_only=True) for folder in (tmp_path, campaign.folder))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_embeddings_see_neither_transfers_nor_what_these_are_measured_on(
    campaign: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come out the same where no transfer is measured and no part but ``train`` can be read."""
    bench = bench_in(tmp_path, campaign)
    shutil.copytree(campaign.folder / "repetition-0" / "network", tmp_path / "repetition-0" / "network")
    kind = type(bench.tasks[0])
    whole = kind.data

    def train_alone(task: MeasuredTask, part: Part, *, seed: int) -> Examples:
        assert part == "train"
        return whole(task, part, seed=seed)

    monkeypatch.setattr(kind, "data", train_alone)
    monkeypatch.setattr("measurement.task2vec.EXAMPLES", FEW)
    for job in (Job(0, "task2vec", "odd"), Job(0, "representation", ALL_TASKS)):
        bench.run(job)
        one, other = (np.load(job.path(folder)) for folder in (tmp_path, campaign.folder))
        np.testing.assert_array_equal(one, other)


def test_an_interrupted_job_leaves_no_result(campaign: Campaign, tmp_path: Path) -> None:
    bench = bench_in(tmp_path, campaign)
    with pytest.raises(FileNotFoundError):  # no network is there
        bench.run(Job(0, "transfers", "odd"))
    assert [path for path in tmp_path.rglob("*.*") if path.is_file()] == []


def test_what_is_there_is_not_done_again(campaign: Campaign) -> None:
    jobs = [job for stage in campaign.stages() for job in stage]
    assert list(run_campaign(campaign, workers=1)) == [Done(job, None) for job in jobs]


def test_other_settings_need_another_folder(campaign: Campaign) -> None:
    changed = replace(campaign, effort=replace(campaign.effort, best=2))
    with pytest.raises(UserError, match="results of other settings"):
        changed.prepare()
    replace(campaign, seeds=5).prepare()  # more repetitions are no other settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no such file"),
        ("x = 1", "TASKS is not a list of tasks"),
        ("TASKS = [1, 2, 3, 4]", "TASKS is not a list of tasks"),
        ("{good}TASKS = [T(name=n) for n in 'abc']", "TASKS has 3 tasks, but at least 4"),
        ("{good}TASKS = [T(name=n) for n in 'abcb']", "two tasks are called 'b'"),
        ("{good}TASKS = [T(name=n) for n in 'ab;d']", "a task is called ';'"),
    ],
)
def test_a_mistake_in_the_task_file_is_refused(text: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "my_tasks.py"
    good = (
        "from measurement.task import MeasuredTask\n"
        "class T(MeasuredTask):\n    data = head = loss = lambda self: None\n"
    )
    if text is not None:
        path.write_text(text.replace("{good}", good))
    with pytest.raises(UserError, match=message) as refused:
        load_tasks(str(path))
    assert str(path) in str(refused.value)


def test_a_task_file_may_bring_its_own_encoder(tmp_path: Path) -> None:
    path = tmp_path / "my_tasks.py"
    path.write_text(
        "from torch import nn\n"
        "from measurement.task import MeasuredTask\n"
        "class T(MeasuredTask):\n    data = head = loss = lambda self: None\n"
        "TASKS = [T(name=n) for n in 'abcd']\n"
        "def make_encoder(shape):\n    return nn.Linear(shape[0], 3)\n"
    )
    encoder = load_tasks(str(path)).make_encoder((5,))
    assert encoder.in_features == 5
