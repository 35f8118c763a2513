"""Synthetic batches as a Lightning datamodule that goes on where a run was stopped."""

from collections.abc import Iterator

import pytorch_lightning as pl
from torch.utils.data import DataLoader, IterableDataset

from lit_models.pretraining.curriculum import size_at
from lit_models.prior.episodes import SyntheticBatch, draw_batch

STEPS_PER_EPOCH = 100
# Seeds of validation worlds, which no training step draws: training seeds are below.
VALIDATION_SEED = 1_000_000_000
VALIDATION_SIZES = {10: 60, 18: 40, 25: 30}


class SyntheticSteps(IterableDataset[SyntheticBatch]):
    """The batches of one epoch.

    Args:
        seed: of the run.
        start: the epoch's first step.
        rank: of this process, which draws batches of its own.
        world_size: processes.
    """

    def __init__(self, *, seed: int, start: int, rank: int, world_size: int) -> None:
        self.seed = seed
        self.start = start
        self.rank = rank
        self.world_size = world_size

    def __iter__(self) -> Iterator[SyntheticBatch]:
        for step in range(self.start, self.start + STEPS_PER_EPOCH):
            size = size_at(step, seed=self.seed)
            index = step * self.world_size + self.rank
            yield draw_batch(seed=self.seed, index=index, tasks=size.tasks, worlds=size.worlds)


class SyntheticData(pl.LightningDataModule):
    """Every step draws worlds of its own, by the run's seed and the step's number.

    Args:
        seed: of the run, in [0, 10⁹).
    """

    def __init__(self, *, seed: int) -> None:
        super().__init__()
        self.seed = seed

    def train_dataloader(self) -> DataLoader[SyntheticBatch]:
        """The batches of the trainer's current epoch; to be made anew for every epoch."""
        rank, world_size, epoch = 0, 1, 0
        if self.trainer is not None:
            rank, world_size = self.trainer.global_rank, self.trainer.world_size
            epoch = self.trainer.current_epoch
        steps = SyntheticSteps(
            seed=self.seed, start=epoch * STEPS_PER_EPOCH, rank=rank, world_size=world_size
        )
        return DataLoader(steps, batch_size=None)

    def val_dataloader(self) -> DataLoader[SyntheticBatch]:
        """The same worlds at every check: one batch a size."""
        batches = [
            draw_batch(seed=VALIDATION_SEED, index=0, tasks=tasks, worlds=worlds)
            for tasks, worlds in VALIDATION_SIZES.items()
        ]
        return DataLoader(batches, batch_size=None)  # type: ignore[arg-type]  # a list is a dataset
