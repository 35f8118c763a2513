"""``affinity-bench measure``: measure the transfer matrix of your own tasks, or of a world."""

from itertools import chain
from pathlib import Path

from jsonargparse.typing import NonNegativeInt, PositiveInt

from benchmark.progress.measurement import MeasureProgress, retest_table
from benchmark.reporting.console import make_console, say
from benchmark.running.interrupt import INTERRUPTED
from datamodules.errors import UserError
from measurement.campaign import MINI_VISION, Campaign, run_campaign
from measurement.jobs import Effort
from measurement.training import MIN_STEPS, TrainingPlan
from measurement.writing import write_outcome


def measure(
    *,
    tasks: str = MINI_VISION,
    out: Path = Path("measured"),
    seeds: PositiveInt = 3,
    restarts: PositiveInt = 3,
    train_steps: PositiveInt = 500,
    readout_steps: PositiveInt = 200,
    best: NonNegativeInt = 3,
    workers: PositiveInt = 2,
) -> int:
    """Measure every transfer between tasks and normalise the affinities by AHP.

    Trains one network per task, then, for each target, readouts on the frozen encoders of all sources, on
    pairs of the best sources, on a random encoder, and from scratch; and embeds the tasks, by Task2Vec and by
    the similarity of their encoders. Finished work is kept: rerun the same command to resume. Writes
    affinity.csv, an input for make bench DATASET=, and tasks.csv for TASKS=, with task2vec.npz and
    representation.csv beside it, which +task2vec and +representation read; losses.parquet, the loss on every
    test sample; three figures; and the folder table, with all of these in the format of the committed
    datasets.

    Args:
        tasks: Python file that defines TASKS, a list of measurement.task.MeasuredTask; or mini-vision or
            mini-driving, whose tasks come with this package.
        out: folder for the results.
        seeds: number of independent measurements, to estimate the reliability of the matrix.
        restarts: repetitions per seed, each with different examples and initial weights, to average out
            the effect of an encoder's initial weights.
        train_steps: optimiser steps of a task network.
        readout_steps: optimiser steps of a readout.
        best: number of a target's best sources of which all pairs are measured too; 0 for none.
        workers: number of processes, one core each.

    Returns:
        Exit code: 0, or 130 if interrupted.
    """
    for name, steps in (("train_steps", train_steps), ("readout_steps", readout_steps)):
        if steps < MIN_STEPS:
            raise UserError(f"--{name} {steps}: the learning rate's cycle needs at least {MIN_STEPS} steps")
    effort = Effort(
        train=TrainingPlan(steps=train_steps, batch=64, learning_rate=3e-3),
        readout=TrainingPlan(steps=readout_steps, batch=16, learning_rate=5e-3),
        best=best,
    )
    campaign = Campaign(tasks=tasks, folder=out, seeds=seeds, restarts=restarts, effort=effort)
    jobs = list(chain.from_iterable(campaign.stages()))
    console = make_console()
    with MeasureProgress(console=console, jobs=len(jobs)) as progress:
        try:
            for done in run_campaign(campaign, workers=workers):
                progress.finish(done)
        except KeyboardInterrupt:
            console.print("interrupted: rerun the same command to resume")
            return INTERRUPTED
    agreement = write_outcome(campaign)
    if len(agreement):
        console.print(retest_table(agreement))
    files = f"DATASET={out / 'affinity.csv'} TASKS={out / 'tasks.csv'}"
    say(console, f"measured: make bench {files}")
    return 0
