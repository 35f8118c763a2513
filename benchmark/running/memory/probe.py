"""What replicas of a model need: measured on a few of them, not guessed from the model's form."""

import gc
import os
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.autograd.profiler import profile
from torch.utils._pytree import tree_map

from benchmark.running.trainer import CHECK_EVERY_EPOCHS, use_threads_for
from datamodules.base import AffinityDataModule
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery


class Seconds(NamedTuple):
    """Times of some replicas.

    Attributes:
        step: of a training step; 0 where nothing is trained.
        predict: of a prediction.
    """

    step: float
    predict: float

    def of_run(self, epochs: int) -> float:
        """Time of so many epochs, with their validation checks, and the prediction."""
        return epochs * self.step + (1 + epochs // CHECK_EVERY_EPOCHS) * self.predict


class Probe:
    """Trains and predicts with the first members of a cell's first split.

    Args:
        config: the model.
        data: datamodule of the cell.
        seed: seed of initial weights and noise.
        device: torch's name of the device.
    """

    def __init__(self, config: ModelConfig, data: AffinityDataModule, *, seed: int, device: str) -> None:
        self._data = data.part([0])
        self._build = model_factory(config)
        self._seed = seed
        self._device = device
        use_threads_for(data.num_tasks)

    def replica_bytes(self) -> tuple[int, Seconds]:
        """Measure one replica.

        Returns:
            The most memory that torch held for it at a time: weights, optimiser, episode, a training step and
            a prediction. It is rounded up by a sixteenth at most, so that all processes find the same. Memory
            that a model takes outside torch is not seen; such models run one replica at a time. And its
            times, somewhat too long, as every allocation was recorded.
        """
        with torch.random.fork_rng(devices=[]):
            self._build(self._data.num_tasks, self._data.num_features)  # reads what a process reads once
        seconds: list[Seconds] = []

        def run() -> None:
            seconds.append(self.seconds(members=1))

        peak = _peak_on_gpu(run) if self._device.startswith("cuda") else peak_on_cpu(run)
        grain = 2 ** max(0, peak.bit_length() - 5)
        return -(-peak // grain) * grain, seconds[0]

    def seconds(self, *, members: int) -> Seconds:
        """Time some replicas at once.

        Args:
            members: how many.
        """
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the run itself will warn
            module = LitRecovery.for_data(self._build, self._data, members=members, seed=self._seed)
            module.to(self._device)
            step = 0.0
            trainable = [weight for weight in module.weights.values() if weight.requires_grad]
            if trainable:
                optimizer = torch.optim.AdamW(trainable, fused=True)
                (episode,) = self._data.train_dataloader()
                episode = tree_map(self._move, episode)

                def train() -> None:
                    optimizer.zero_grad()
                    module.losses(episode).sum().backward()  # type: ignore[no-untyped-call]  # of torch
                    optimizer.step()

                self._time(train)  # finds out whether vmap accepts the model
                step = self._time(train)
            (episode,) = self._data.predict_dataloader()
            episode = tree_map(self._move, episode)
            with torch.no_grad():
                return Seconds(step, self._time(lambda: module.predict_step(episode, 0)))

    def _move(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self._device)

    def _time(self, run: Callable[[], object]) -> float:
        started = time.perf_counter()
        run()
        if self._device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter() - started


def peak_on_cpu(run: Callable[[], object]) -> int:
    """Measure what something holds.

    Args:
        run: what is run.

    Returns:
        The most bytes that torch held at a time on the CPU beyond what it held before.
    """
    # Above all levels: lines about the start and end of the profiler would end up in the terminal.
    os.environ.setdefault("KINETO_LOG_LEVEL", "6")
    gc.collect()  # otherwise it may come in between and free what others have left
    with profile(use_kineto=False, profile_memory=True) as profiler:
        run()
    changes = sorted(
        (event.start_ns(), event.nbytes())
        for event in profiler.kineto_results.events()
        if event.name() == "[memory]"
    )
    held = peak = 0
    for _, change in changes:
        held += change
        peak = max(peak, held)
    return peak


def _peak_on_gpu(run: Callable[[], None]) -> int:
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    run()
    return torch.cuda.max_memory_allocated() - before
