"""What does training the readouts of all sources of a target in one batched step gain?

    .venv/bin/python tests/speed/readouts.py

Trains the same readouts on the frozen features of 18 encoders twice: as one ``LitReadouts``, and as one
plain Lightning module and ``Trainer.fit`` a source. Both start from the same weights and see the same
batches; the losses must agree, or the script fails. The two take turns, on one thread, and are timed in CPU
time, so that neighbours on the machine cancel out.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from measurement.mini_vision.tasks import TASKS, PatchTask
from measurement.networks import small_encoder
from measurement.readouts import LitReadouts
from measurement.training import Batches, LitScheduled, TrainingPlan, fit, in_chunks

SOURCES = 18
ROUNDS = 3
SCHEDULE = TrainingPlan(steps=60, batch=16, learning_rate=3e-3)
TARGETS = ("autoencoding", "edges", "photograph-class")


class LitReadout(LitScheduled):
    """One readout, as one would write it."""

    def __init__(self, task: PatchTask, features: tuple[int, ...]) -> None:
        super().__init__(SCHEDULE)
        self.task = task
        self.head = task.head(features)

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        features, labels = batch
        return self.task.loss(self.head(features), labels).mean()


def together(task: PatchTask, features: Tensor, labels: Tensor) -> Tensor:
    torch.manual_seed(0)
    shape = tuple(features.shape[2:])
    readouts = LitReadouts(task=task, features=shape, count=SOURCES, schedule=SCHEDULE)
    fit(readouts, Batches([features, labels], dims=[1, 0], schedule=SCHEDULE, seed=0))
    with torch.no_grad():
        return readouts.losses(features, labels)


def alone(task: PatchTask, features: Tensor, labels: Tensor) -> Tensor:
    losses = []
    for own in features:
        torch.manual_seed(0)
        readout = LitReadout(task, tuple(own.shape[1:]))
        fit(readout, Batches([own, labels], schedule=SCHEDULE, seed=0))
        with torch.no_grad():
            losses.append(task.loss(readout.head(own), labels))
    return torch.stack(losses)


def seconds(train: Callable[[], Tensor]) -> tuple[float, Tensor]:
    start = time.process_time()
    losses = train()
    return time.process_time() - start, losses


def main() -> None:
    torch.set_num_threads(1)
    for task in (task for task in TASKS if task.name in TARGETS):
        examples = task.data("transfer", seed=0)
        shape = tuple(examples.inputs.shape[1:])
        features = torch.stack([in_chunks(small_encoder(shape), examples.inputs) for _ in range(SOURCES)])
        ratios = []
        for _ in range(ROUNDS):
            one, joint = seconds(partial(together, task, features, examples.labels))
            many, single = seconds(partial(alone, task, features, examples.labels))
            torch.testing.assert_close(joint, single, rtol=1e-3, atol=1e-4)
            ratios.append(many / one)
        rounds = ", ".join(f"{ratio:.1f}" for ratio in ratios)
        print(f"{task.name} ({task.kind}): {statistics.median(ratios):.1f} times faster together ({rounds})")


if __name__ == "__main__":
    main()
