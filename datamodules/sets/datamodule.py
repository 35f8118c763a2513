"""Lightning datamodule that turns task sets and their splits into episodes."""

from collections.abc import Sequence

import numpy as np
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, default_collate

from datamodules.base import AffinityDataModule
from datamodules.embeddings import Z
from datamodules.pair_features import NO_PAIRS
from datamodules.sets.protocol import SetSplit
from datamodules.sets.set_graph import SetEpisode, SetGraph
from datamodules.sets.task_sets import FloatVector, TaskSets
from datamodules.splits.protocol import Split
from datamodules.standardise import Scale, column_moments


class SetDataModule(pl.LightningDataModule):
    """Serves task sets as episodes, one per split; no episode contains the values of the sets it asks for.

    Every loader yields one batch of all episodes.

    Args:
        sets: the measured sets.
        splits: splits of :func:`datamodules.sets.protocol.make_set_splits`.
        z: task embeddings.
        scale: standardisation of the single affinities per target.
        pairs: pair features of the graphs.

    Raises:
        UserError: for an unknown embedding, scale or pair feature.
    """

    def __init__(
        self,
        *,
        sets: TaskSets,
        splits: Sequence[SetSplit],
        z: Z = "none",
        scale: Scale = "zscore",
        pairs: str = NO_PAIRS,
    ) -> None:
        super().__init__()
        self.sets = sets
        self.splits = list(splits)
        nothing_new = np.zeros(len(sets.table.task_names), dtype=bool)
        self.singles = AffinityDataModule(
            table=sets.table,
            z=z,
            scale=scale,
            pairs=pairs,
            splits=[
                Split(
                    number=split.number,
                    repeat=split.number,
                    observed=split.pairs,
                    validation=np.zeros_like(split.pairs),
                    query=sets.table.eligible & ~split.pairs,
                    new=nothing_new,
                )
                for split in self.splits
            ],
        )

    def episode(self, position: int) -> SetEpisode:
        """One split as tensors.

        Args:
            position: index in ``splits``.

        Returns:
            The episode.
        """
        split, sets = self.splits[position], self.sets
        value = np.where(split.observed, standardised(sets, split), 0.0)
        return SetEpisode(
            position=torch.tensor(position),
            graph=self.singles.episode(position, stage="predict").graph,
            sets=SetGraph(
                members=torch.tensor(sets.members),
                target=torch.tensor(sets.target),
                value=torch.tensor(value, dtype=torch.float32),
                observed=torch.tensor(split.observed),
                query=torch.tensor(split.query),
            ),
        )

    def train_dataloader(self) -> DataLoader[SetEpisode]:
        """All episodes as one batch."""
        batch = default_collate([self.episode(position) for position in range(len(self.splits))])
        return DataLoader([batch], batch_size=None)  # type: ignore[arg-type]  # a list is a valid dataset

    def predict_dataloader(self) -> DataLoader[SetEpisode]:
        """The same episodes as for training."""
        return self.train_dataloader()


def standardised(sets: TaskSets, split: SetSplit) -> FloatVector:
    """z-scores of sets per target, by the mean and standard deviation of its observed sets.

    Args:
        sets: the measured sets.
        split: says which are observed.

    Returns:
        [M] float64; a target without observed sets gets the average moments of the others.
    """
    tasks = len(sets.table.task_names)
    cell = np.arange(len(sets.target)), sets.target
    value = np.zeros((len(sets.target), tasks))
    known = np.zeros(value.shape, dtype=bool)
    value[cell], known[cell] = sets.value, split.observed
    mean, deviation = column_moments(value, known)
    return (sets.value - mean[sets.target]) / deviation[sets.target]
