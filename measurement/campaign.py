"""A whole measurement: runs its jobs in order on several processes, and resumes where it was stopped."""

import json
import shlex
import time
from collections.abc import Iterator
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from datamodules.errors import UserError
from datamodules.worker_pool import worker_pool
from measurement.jobs import ALL_TASKS, Effort, Job, Workbench
from measurement.meaning import meaning_of
from measurement.task_file import load_tasks

MINI_VISION = "mini-vision"  # what is measured unless tasks are named
SETTINGS = "settings.json"
SECONDS = "seconds.csv"


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What to measure, and where to store the results.

    Attributes:
        tasks: name of a world, or path of the task file.
        folder: results folder; jobs whose result is already there are skipped.
        seeds: number of independent measurements, which are compared with each other.
        restarts: repetitions per seed, each with its own examples, initial weights and batches; their losses
            are pooled.
        effort: training schedules of each repetition.
    """

    tasks: str
    folder: Path
    seeds: int
    restarts: int
    effort: Effort

    def stages(self) -> list[list[Job]]:
        """All jobs, in stages: a job depends on earlier stages only, never on other jobs of its stage."""
        tasks = load_tasks(self.tasks).tasks
        targets = [task.name for task in tasks if task.is_target]
        return [
            stage
            for repetition in range(self.seeds * self.restarts)
            for stage in (
                [Job(repetition, "network", task.name) for task in tasks],
                [
                    *(Job(repetition, "transfers", target) for target in targets),
                    *(Job(repetition, "task2vec", task.name) for task in tasks),
                    Job(repetition, "representation", ALL_TASKS),
                ],
            )
        ]

    @property
    def command(self) -> str:
        """The command line that reproduces the measurement."""
        words: list[object] = ["affinity-bench", "measure"]
        words += ["--tasks", self.tasks] if self.tasks != MINI_VISION else []
        words += ["--seeds", self.seeds, "--restarts", self.restarts, "--best", self.effort.best]
        words += ["--train_steps", self.effort.train.steps, "--readout_steps", self.effort.readout.steps]
        return shlex.join(map(str, words))

    def prepare(self) -> None:
        """Create the folder; refuse one whose results were measured with other settings or other code.

        Raises:
            UserError: if the folder holds results of other settings or code, or cannot say of which.
        """
        load_tasks(self.tasks)  # a task file that is missing or invalid says so here
        settings = {
            "tasks": self.tasks,
            "effort": asdict(self.effort),
            "code": meaning_of(self.tasks),
        }
        path = self.folder / SETTINGS
        fix = "Use the same settings and tasks, another folder with --out, or delete this one."
        if path.is_file():
            try:
                earlier = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                raise UserError(f"{path}: it is damaged or truncated. {fix}") from None
            if not isinstance(earlier, dict):
                raise UserError(f"{path}: it does not hold the settings of a measurement. {fix}")
            differing = [name for name, value in settings.items() if earlier.get(name) != value]
            if differing == ["code"]:
                raise UserError(
                    f"{self.folder}: its results were measured with other code of the tasks, or another "
                    f"version of this package. {fix}"
                )
            if differing:
                raise UserError(
                    f"{self.folder}: it contains results of other settings: "
                    + ", ".join(f"{name} {earlier.get(name)}, not {settings[name]}" for name in differing)
                    + f". {fix}"
                )
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


class Done(NamedTuple):
    """A finished job.

    Attributes:
        job: the job.
        seconds: CPU time in seconds; None if the result already existed.
    """

    job: Job
    seconds: float | None


def run_campaign(campaign: Campaign, *, workers: int) -> Iterator[Done]:
    """Run every job that has no result yet.

    Args:
        campaign: what to measure.
        workers: number of processes, one thread each.

    Yields:
        Each job once it is finished.

    Raises:
        UserError: if the folder holds results of other settings.
    """
    campaign.prepare()
    with worker_pool(workers) as pool:
        for stage in campaign.stages():
            open_jobs = [job for job in stage if not job.path(campaign.folder).is_file()]
            yield from (Done(job, None) for job in stage if job not in open_jobs)
            futures = {pool.submit(_work, campaign, job): job for job in open_jobs}
            for future in as_completed(futures):
                done = Done(futures[future], future.result())
                with (campaign.folder / SECONDS).open("a", encoding="utf-8") as file:
                    file.write(f"{done.job.repetition},{done.job.kind},{done.job.task},{done.seconds:.1f}\n")
                yield done


def core_hours(folder: Path) -> float:
    """Total CPU time of all jobs of a campaign.

    Args:
        folder: results folder.

    Returns:
        Core hours; 0 if no times are recorded.
    """
    path = folder / SECONDS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return sum(float(line.rpartition(",")[2]) for line in lines) / 3600


@cache
def _workbench(campaign: Campaign) -> Workbench:
    tasks = load_tasks(campaign.tasks)
    return Workbench(
        tasks=tasks.tasks, make_encoder=tasks.make_encoder, effort=campaign.effort, folder=campaign.folder
    )


def _work(campaign: Campaign, job: Job) -> float:
    start = time.process_time()
    _workbench(campaign).run(job)
    return time.process_time() - start
