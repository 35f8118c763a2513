"""Synthetic batches as a Lightning datamodule that goes on where a run was stopped."""

from collections.abc import Callable, Iterator
from itertools import count, islice

import pytorch_lightning as pl
import torch
from threadpoolctl import threadpool_limits
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from lit_models.pretraining.curriculum import size_at
from lit_models.prior.episodes import SyntheticBatch, draw_batch
from lit_models.prior.parts import EVERY_PART, Part

STEPS_PER_EPOCH = 100
# Seeds of validation worlds, which no training step draws: training seeds are below.
VALIDATION_SEED = 1_000_000_000
VALIDATION_SIZES = {10: 60, 18: 40, 25: 30}


class SyntheticSteps(IterableDataset[SyntheticBatch]):
    """The batches of a run, from one of its steps on; they do not depend on how many workers draw them.

    Args:
        seed: of the run.
        start: the first step.
        cells: of a batch, about.
        parts: of the prior.
        rank: of this process, which draws batches of its own.
        world_size: processes.
    """

    def __init__(
        self, *, seed: int, start: int, cells: int, parts: frozenset[Part], rank: int, world_size: int
    ) -> None:
        self.seed = seed
        self.start = start
        self.cells = cells
        self.parts = parts
        self.rank = rank
        self.world_size = world_size

    def __iter__(self) -> Iterator[SyntheticBatch]:
        worker = get_worker_info()
        first, every = (0, 1) if worker is None else (worker.id, worker.num_workers)
        if worker is not None:
            threadpool_limits(1)  # every worker has a core of its own
        for step in count(self.start + first, every):
            size = size_at(step, seed=self.seed, cells=self.cells)
            index = step * self.world_size + self.rank
            yield draw_batch(
                seed=self.seed, index=index, tasks=size.tasks, worlds=size.worlds, parts=self.parts
            )


class _Epochs:
    """An endless loader, an epoch at a time: its workers go on drawing while an epoch ends.

    The loader is made when the first batch is asked for: a trainer that goes on from a checkpoint knows only
    then which epoch that is.
    """

    def __init__(self, make_loader: Callable[[], DataLoader[SyntheticBatch]]) -> None:
        self._make_loader = make_loader
        self._batches: Iterator[SyntheticBatch] | None = None

    def __len__(self) -> int:
        return STEPS_PER_EPOCH

    def __iter__(self) -> Iterator[SyntheticBatch]:
        if self._batches is None:
            self._batches = iter(self._make_loader())
        yield from islice(self._batches, STEPS_PER_EPOCH)

    def end(self) -> None:
        """Let go of the loader's iterator, which ends its workers."""
        self._batches = None


class SyntheticData(pl.LightningDataModule):
    """Every step draws worlds of its own, by the run's seed and the step's number.

    Args:
        seed: of the run, in [0, 10⁹).
        cells: of a batch, about.
        workers: processes that draw worlds; 0 draws them where the network is trained.
        parts: of the prior.
    """

    def __init__(self, *, seed: int, cells: int, workers: int, parts: frozenset[Part] = EVERY_PART) -> None:
        super().__init__()
        self.seed = seed
        self.cells = cells
        self.workers = workers
        self.parts = parts
        self._epochs = _Epochs(self._loader)

    def train_dataloader(self) -> _Epochs:
        """The batches from the trainer's current epoch on."""
        return self._epochs

    def _loader(self) -> DataLoader[SyntheticBatch]:
        rank, world_size, epoch = 0, 1, 0
        if self.trainer is not None:
            rank, world_size = self.trainer.global_rank, self.trainer.world_size
            epoch = self.trainer.current_epoch
        steps = SyntheticSteps(
            seed=self.seed,
            start=epoch * STEPS_PER_EPOCH,
            cells=self.cells,
            parts=self.parts,
            rank=rank,
            world_size=world_size,
        )
        pinned = self.workers > 0 and torch.cuda.is_available()
        return DataLoader(steps, batch_size=None, num_workers=self.workers, pin_memory=pinned)

    def teardown(self, stage: str) -> None:  # noqa: ARG002  # Lightning's
        """End the workers, which would go on drawing."""
        self._epochs.end()

    def val_dataloader(self) -> DataLoader[SyntheticBatch]:
        """The same worlds at every check, drawn from the whole prior: one batch a size."""
        batches = [
            draw_batch(seed=VALIDATION_SEED, index=0, tasks=tasks, worlds=worlds)
            for tasks, worlds in VALIDATION_SIZES.items()
        ]
        return DataLoader(batches, batch_size=None)  # type: ignore[arg-type]  # a list is a dataset
