"""The jobs of a measurement: one task's network, all transfers to one target, and embeddings of the tasks."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from datamodules.errors import UserError
from measurement.ahp import ahp, tournament
from measurement.networks import LitTaskNetwork, MakeEncoder
from measurement.readouts import LitReadouts, Standardise, join
from measurement.representation import encoder_similarity, shared_inputs
from measurement.task import Examples, MeasuredTask
from measurement.task2vec import task2vec
from measurement.training import Batches, TrainingPlan, fit, in_chunks

Kind = Literal["network", "transfers", "task2vec", "representation"]
SUFFIXES: dict[Kind, str] = {
    "network": "pt",
    "transfers": "parquet",
    "task2vec": "npy",
    "representation": "npy",
}
ALL_TASKS = "all"  # the task of a job that is about all of them

# Sources that are not tasks, under Taskonomy's names.
SELF = "self"  # the target's own network, trained on all of its training data
RANDOM = "random"  # a frozen encoder with random weights
PIXELS = "pixels"  # no source: encoder and head trained from scratch on the transfer data
PSEUDO_SOURCES = (SELF, RANDOM, PIXELS)
JOINT = ";"  # separates the names of sources that are used together


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Training schedules of a measurement.

    Attributes:
        train: schedule of task networks.
        readout: schedule of readouts and of training from scratch.
        best: number of best sources per target of which all pairs are measured too; 0 or 1 for no pairs.
    """

    train: TrainingPlan
    readout: TrainingPlan
    best: int


@dataclass(frozen=True, order=True)
class Job:
    """One unit of work.

    Attributes:
        repetition: number of the repetition; seeds the examples, initial weights and batches.
        kind: ``network`` trains a task's network; ``transfers`` measures all transfers to a task;
            ``task2vec`` embeds a task; ``representation`` compares the encoders of all tasks.
        task: name of the task; ``all`` for ``representation``.
    """

    repetition: int
    kind: Kind
    task: str

    def path(self, folder: Path) -> Path:
        """Path of the result: network weights, per-sample losses (``source, sample, loss``), or an array."""
        return folder / f"repetition-{self.repetition}" / self.kind / f"{self.task}.{SUFFIXES[self.kind]}"


@dataclass(frozen=True, kw_only=True)
class Workbench:
    """Runs the jobs of one measurement.

    Attributes:
        tasks: all tasks.
        make_encoder: maps the shape of an input to a new encoder.
        effort: training schedules.
        folder: results folder.
    """

    tasks: Sequence[MeasuredTask]
    make_encoder: MakeEncoder
    effort: Effort
    folder: Path

    def run(self, job: Job) -> None:
        """Run one job and store its result atomically: an existing file is always complete."""
        path = job.path(self.folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        if job.kind == "network":
            torch.save(self._train(job).state_dict(), unfinished)
        elif job.kind == "transfers":
            self._measure(job).to_parquet(unfinished, index=False)
        else:
            array = self._embed(job) if job.kind == "task2vec" else self._compare(job)
            with unfinished.open("wb") as file:  # by its path, numpy would add an ending
                np.save(file, array.numpy())
        unfinished.replace(path)

    def _task(self, name: str) -> MeasuredTask:
        return next(task for task in self.tasks if task.name == name)

    def _network(
        self, task: MeasuredTask, shape: tuple[int, ...], schedule: TrainingPlan, seed: int
    ) -> LitTaskNetwork:
        torch.manual_seed(seed)
        return LitTaskNetwork(task=task, encoder=self.make_encoder(shape), shape=shape, schedule=schedule)

    def _train(self, job: Job) -> LitTaskNetwork:
        task = self._task(job.task)
        examples = task.data("train", seed=job.repetition)
        seed = derived_seed(job.repetition, "network", task.name)
        network = self._network(task, shape_of(examples), self.effort.train, seed)
        fit(network, Batches(examples, schedule=self.effort.train, seed=seed))
        return network

    def _trained(self, name: str, shape: tuple[int, ...], repetition: int) -> LitTaskNetwork:
        network = self._network(self._task(name), shape, self.effort.train, 0)
        path = Job(repetition, "network", name).path(self.folder)
        with refusing_damaged(path):
            network.load_state_dict(torch.load(path, weights_only=True))
        return network.eval()

    def _untrained(self, shape: tuple[int, ...], repetition: int) -> nn.Module:
        """The encoder as it is before training, the same for all tasks of a repetition."""
        torch.manual_seed(derived_seed(repetition, RANDOM))
        return self.make_encoder(shape).eval()

    def _embed(self, job: Job) -> Tensor:
        """[F] float32."""
        task = self._task(job.task)
        examples = task.data("train", seed=job.repetition)
        return task2vec(
            task,
            self._untrained(shape_of(examples), job.repetition),
            examples,
            schedule=self.effort.readout,
            seed=derived_seed(job.repetition, "task2vec", task.name),
        )

    def _compare(self, job: Job) -> Tensor:
        """[N, N] float64, in the order of the tasks."""
        each = (task.data("train", seed=job.repetition).inputs for task in self.tasks)
        inputs = shared_inputs(each, tasks=len(self.tasks))
        shape = tuple(inputs.shape[1:])
        encoders = [self._trained(task.name, shape, job.repetition).encoder for task in self.tasks]
        return encoder_similarity(encoders, inputs)

    def _measure(self, job: Job) -> pd.DataFrame:
        target = self._task(job.task)
        transfer, test = (target.data(part, seed=job.repetition) for part in ("transfer", "test"))
        shape = shape_of(transfer)
        networks = {task.name: self._trained(task.name, shape, job.repetition) for task in self.tasks}
        encoders: dict[str, nn.Module] = {name: network.encoder for name, network in networks.items()}
        encoders[RANDOM] = self._untrained(shape, job.repetition)
        features = {name: _frozen(encoder, transfer, test) for name, encoder in encoders.items()}
        losses = self._readouts(target, features, transfer, test, job.repetition)
        scratch_seed = derived_seed(job.repetition, PIXELS, target.name)
        scratch = self._network(target, shape, self.effort.readout, scratch_seed)
        fit(scratch, Batches(transfer, schedule=self.effort.readout, seed=scratch_seed))
        losses[PIXELS] = _network_losses(scratch, test)
        losses[SELF] = _network_losses(networks[target.name], test)
        pairs = {
            JOINT.join(pair): (join([features[s][0] for s in pair]), join([features[s][1] for s in pair]))
            for pair in self._best_pairs(target, losses, job)
        }
        if pairs:
            losses |= self._readouts(target, pairs, transfer, test, job.repetition)
        return pd.concat(
            pd.DataFrame({"source": name, "sample": np.arange(len(values)), "loss": values})
            for name, values in losses.items()
        ).astype({"source": "category"})

    def _readouts(
        self,
        target: MeasuredTask,
        features: dict[str, tuple[Tensor, Tensor]],
        transfer: Examples,
        test: Examples,
        repetition: int,
    ) -> dict[str, np.ndarray]:
        """Test losses [n] per source, of readouts that are trained together."""
        train_features = torch.stack([each[0] for each in features.values()])
        order = derived_seed(repetition, "readout", target.name)
        torch.manual_seed(order)
        schedule = self.effort.readout
        readouts = LitReadouts(
            task=target, features=tuple(train_features.shape[2:]), count=len(features), schedule=schedule
        )
        fit(readouts, Batches([train_features, transfer.labels], dims=[1, 0], schedule=schedule, seed=order))
        with torch.no_grad():
            test_features = torch.stack([each[1] for each in features.values()])
            chunks = zip(torch.split(test_features, 128, dim=1), torch.split(test.labels, 128), strict=True)
            losses = torch.cat([readouts.losses(*chunk) for chunk in chunks], dim=1)
        return dict(zip(features, losses.numpy(), strict=True))

    def _best_pairs(
        self, target: MeasuredTask, losses: dict[str, np.ndarray], job: Job
    ) -> list[tuple[str, str]]:
        """All pairs of the best single sources; every repetition takes those of the first."""
        first = Job(0, "transfers", job.task)
        if job.repetition != first.repetition:
            with refusing_damaged(first.path(self.folder)):
                table = pd.read_parquet(first.path(self.folder))
            losses = {
                str(name): rows.loss.to_numpy() for name, rows in table.groupby("source", observed=True)
            }
        names = [task.name for task in self.tasks if task.name != target.name]
        share = ahp(tournament([losses[name] for name in names])).share
        best = [names[i] for i in np.argsort(-share, kind="stable")[: self.effort.best]]
        return list(combinations(sorted(best), 2))


@contextmanager
def refusing_damaged(path: Path) -> Iterator[None]:
    """Say in one line that a file of an earlier job cannot be read.

    Args:
        path: the file.

    Raises:
        UserError: in place of what reading raises, which for a damaged file may be anything.
        FileNotFoundError: if there is none.
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except Exception as error:
        raise UserError(
            f"{path}: it is damaged or truncated. Delete it, and run the same command to measure it again."
        ) from error


def derived_seed(*words: object) -> int:
    """A seed for the purpose that the words name."""
    return zlib.crc32(repr(words).encode())


def shape_of(examples: Examples) -> tuple[int, ...]:
    """Shape of one input."""
    return tuple(examples.inputs.shape[1:])


def _frozen(encoder: nn.Module, transfer: Examples, test: Examples) -> tuple[Tensor, Tensor]:
    raw = in_chunks(encoder, transfer.inputs)
    scale = Standardise(raw)
    # Encoders may put channels last, and drawing batches of such features takes a hundred times as long.
    return scale(raw).contiguous(), scale(in_chunks(encoder, test.inputs)).contiguous()


def _network_losses(network: LitTaskNetwork, test: Examples) -> np.ndarray:
    outputs = in_chunks(network, test.inputs)
    return network.task.loss(outputs, test.labels).detach().numpy()
