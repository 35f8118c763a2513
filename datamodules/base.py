"""From a table and the protocol's splits to the episodes that a model sees."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, default_collate

from datamodules.affinity_table import AffinityTable
from datamodules.embeddings import EMBEDDINGS, Z
from datamodules.errors import UserError, unknown_name
from datamodules.graph import Episode, Targets, TaskGraph
from datamodules.matrix_types import FloatMatrix
from datamodules.splits.protocol import Mask, Setting, Split, make_splits
from datamodules.standardise import SCALES, Scale, z_scores

Stage = Literal["fit", "predict"]


class AffinityDataModule(pl.LightningDataModule):
    """Serves a table as episodes, one a split; query truth is in none of them.

    Every loader yields one batch: all episodes of this process (under DDP, every world-size-th).

    Args:
        table: the measured matrix.
        setting: ``transductive`` (entries hidden) or ``inductive`` (whole tasks hidden).
        mask: share of hidden entries; transductive only.
        numbers: which splits of the protocol; all when omitted.
        z: task embeddings.
        scale: how each target's affinities are standardised.
        proxy: which of the table's ``proxies`` the graphs hold.
        development: serve splits that no board uses, to choose hyper-parameters on.
        train_on_validation: put the validation entries among the observed ones; nothing is left to select
            a model on.
        splits: splits of the setting to serve in place of the protocol's; ``mask``, ``numbers`` and
            ``development`` then choose nothing.

    Raises:
        UserError: for an unknown name or number, or what the table does not have.
    """

    def __init__(
        self,
        *,
        table: AffinityTable,
        setting: Setting = "transductive",
        mask: Mask = "1/3",
        numbers: Sequence[int] | None = None,
        z: Z = "none",
        scale: Scale = "zscore",
        proxy: str = "none",
        development: bool = False,
        train_on_validation: bool = False,
        splits: Sequence[Split] | None = None,
    ) -> None:
        super().__init__()
        if z not in EMBEDDINGS:
            raise unknown_name("task embedding", z, EMBEDDINGS)
        if scale not in SCALES:
            raise unknown_name("scale", scale, SCALES)
        self.table = table
        self.setting = setting
        self.train_on_validation = train_on_validation
        self.splits = (
            list(splits)
            if splits is not None
            else make_splits(
                table.eligible, setting=setting, mask=mask, numbers=numbers, development=development
            )
        )
        self.z: Z = z
        self.scale: Scale = scale
        self.proxy = proxy
        self._proxy_scores = _proxy_scores(table, proxy)
        group_names = sorted(set(table.groups) - {""})
        self.group = np.array([group_names.index(name) if name else -1 for name in table.groups])

    @property
    def num_tasks(self) -> int:
        """Tasks of a fit graph: all of them, or the known ones."""
        return int((~self.splits[0].new).sum())

    @property
    def num_features(self) -> int:
        """Width of the task embeddings Z."""
        return int(self.embedding(self.splits[0]).shape[1])

    def embedding(self, split: Split) -> npt.NDArray[np.float64]:
        """Task embeddings Z, [N, F] in the table's order; what is fitted to make them, on known tasks."""
        return EMBEDDINGS[self.z](self.table, ~split.new)

    def training_mask(self, split: Split) -> npt.NDArray[np.bool_]:
        """Entries that a model trains on, and which standardise each target: [N, N] bool."""
        return split.observed | split.validation if self.train_on_validation else split.observed

    def task_order(self, split: Split) -> npt.NDArray[np.int64]:
        """Which task of the table each row of an episode is.

        Args:
            split: one of ``splits``.

        Returns:
            [N] int64: known tasks first, then new ones, each in the table's order.
        """
        return np.argsort(split.new, kind="stable")

    def episode(self, position: int, *, stage: Stage) -> Episode:
        """One split as tensors.

        Args:
            position: position in ``splits``.
            stage: ``fit`` holds the known tasks only, ``predict`` all of them.

        Returns:
            The episode.
        """
        split = self.splits[position]
        observed = self.training_mask(split)
        held_back = np.zeros_like(split.validation) if self.train_on_validation else split.validation
        standardised = SCALES[self.scale](self.table.value, observed)
        order = self.task_order(split)
        if stage == "fit":
            order = order[: self.num_tasks]
        block = np.ix_(order, order)
        graph = TaskGraph(
            x=torch.tensor(self.embedding(split)[order], dtype=torch.float32),
            group=torch.tensor(self.group[order]),
            affinity=_revealed(standardised[block], observed[block]),
            observed=torch.tensor(observed[block]),
            eligible=torch.tensor(self.table.eligible[block]),
            query=torch.tensor(split.query[block]),
            proxy=torch.tensor(self._proxy_scores[block], dtype=torch.float32),
            key=torch.tensor(0),
        )
        validation = Targets(torch.tensor(held_back[block]), _revealed(standardised[block], held_back[block]))
        return Episode(torch.tensor(position), graph, validation)

    def train_dataloader(self) -> DataLoader[Episode]:
        """All fit episodes of this process as one batch."""
        return self._loader("fit")

    def val_dataloader(self) -> DataLoader[Episode]:
        """The same episodes: validation entries are part of them."""
        return self._loader("fit")

    def predict_dataloader(self) -> DataLoader[Episode]:
        """All predict episodes of this process as one batch."""
        return self._loader("predict")

    def _loader(self, stage: Stage) -> DataLoader[Episode]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        if world > len(self.splits):
            raise UserError(f"{world} processes cannot share {len(self.splits)} splits: use fewer devices")
        own = [self.episode(position, stage=stage) for position in range(len(self.splits))[rank::world]]
        # Collated once, not every epoch; a list is a dataset.
        return DataLoader([default_collate(own)], batch_size=None)  # type: ignore[arg-type]


def _revealed(value: FloatMatrix, mask: npt.NDArray[np.bool_]) -> torch.Tensor:
    return torch.tensor(np.where(mask, value, 0.0), dtype=torch.float32)


def _proxy_scores(table: AffinityTable, name: str) -> FloatMatrix:
    """z-scores of a proxy by all that is known of it: nothing of it is hidden."""
    if name == "none":
        return np.zeros_like(table.value)
    if name not in table.proxies:
        has = ", ".join(sorted(table.proxies)) or "none"
        raise UserError(f"unknown proxy '{name}': {table.name} {table.regime} has {has}")
    known = table.eligible & np.isfinite(table.proxies[name])
    return np.where(known, z_scores(table.proxies[name], known), 0.0)
