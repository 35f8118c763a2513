"""Lightning datamodule that turns a table and the protocol's splits into episodes."""

from collections.abc import Sequence
from copy import copy
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, default_collate

from datamodules.affinity_table import AffinityTable
from datamodules.embeddings import Z, check_z, embed
from datamodules.errors import UserError, unknown_name
from datamodules.graph import Episode, Targets, TaskGraph
from datamodules.matrix_types import FloatMatrix
from datamodules.pair_features import (
    MISSING,
    NO_PAIRS,
    has_missing,
    pair_feature_names,
    standardised_pairs,
)
from datamodules.splits.protocol import Mask, Setting, Split, is_bipartite_table, make_splits
from datamodules.standardise import SCALES, Scale

Stage = Literal["fit", "predict"]
Indices = npt.NDArray[np.int64]


class AffinityDataModule(pl.LightningDataModule):
    """Serves a table as episodes, one per split; no episode contains the true values of its query entries.

    Every loader yields one batch: all episodes of this process (under DDP, every world-size-th).

    Args:
        table: the measured matrix.
        setting: ``transductive`` (entries are hidden) or ``inductive`` (whole tasks are hidden).
        mask: missing ratio, the share of hidden entries; transductive only.
        numbers: splits of the protocol to serve; all if omitted.
        z: task embeddings, one or more kinds joined by ``+``.
        scale: standardisation of the affinities per target.
        pairs: pair features that the graphs hold: ``none``, ``all``, or the name of one of the table's.
        development: serve development splits, for choosing hyperparameters; no board uses them.
        train_on_validation: add the validation entries to the observed ones; none are left for early
            stopping.
        splits: splits of the setting to serve in place of the protocol's; ``mask``, ``numbers`` and
            ``development`` are then ignored.
        bipartite: serve bipartite graphs if the table has no task that is both source and target, for a model
            that reads them; see :class:`datamodules.graph.TaskGraph`.

    Attributes:
        bipartite: whether the graphs are bipartite.

    Raises:
        UserError: for an unknown embedding, scale, pair feature, setting, missing ratio or split.
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
        pairs: str = NO_PAIRS,
        development: bool = False,
        train_on_validation: bool = False,
        splits: Sequence[Split] | None = None,
        bipartite: bool = False,
    ) -> None:
        super().__init__()
        if scale not in SCALES:
            raise unknown_name("scale", scale, SCALES)
        self.table = table
        self.setting = setting
        self.bipartite = bipartite and is_bipartite_table(table.eligible)
        self._is_column = np.asarray(table.eligible.any(0)) & self.bipartite
        self.train_on_validation = train_on_validation
        self.splits = (
            list(splits)
            if splits is not None
            else make_splits(
                table.eligible, setting=setting, mask=mask, numbers=numbers, development=development
            )
        )
        self.z: Z = check_z(z)
        self.scale: Scale = scale
        self.pairs = pairs
        self._pair_names = pair_feature_names(table, pairs)
        self._shared_edge_attr: torch.Tensor | None = None
        group_names = sorted(set(table.groups) - {""})
        self.group = np.array([group_names.index(name) if name else -1 for name in table.groups])

    def part(self, positions: Sequence[int]) -> Self:
        """The same data with some of its splits only.

        Args:
            positions: indices in ``splits``.

        Returns:
            A datamodule without a trainer.
        """
        part = copy(self)
        part.trainer = None
        part.splits = [self.splits[position] for position in positions]
        return part

    @property
    def num_tasks(self) -> int:
        """Number of tasks in a fit graph: all tasks (transductive) or the known ones (inductive)."""
        return int((~self.splits[0].new).sum())

    @property
    def num_features(self) -> int:
        """Width of the task embeddings Z."""
        return int(self.embedding(self.splits[0]).shape[1])

    @property
    def pair_names(self) -> list[str]:
        """Names of the P pair features in a graph's ``edge_attr``; ``missing`` marks pairs that lack any."""
        return [*self._pair_names, *([MISSING] if has_missing(self.table, self._pair_names) else [])]

    @property
    def num_pair_features(self) -> int:
        """Number P of pair features."""
        return len(self.pair_names)

    def embedding(self, split: Split) -> npt.NDArray[np.float64]:
        """Task embeddings Z, [N, F] float64 in the table's order; fitted on known tasks only."""
        return embed(self.z, self.table, ~split.new)

    def edge_attr(self, split: Split) -> torch.Tensor:
        """Pair features, [N, N, P] float32 as in an episode; fitted on pairs of known tasks only.

        Where no task is new, all splits get one and the same tensor.
        """
        if self._shared_edge_attr is not None:
            return self._shared_edge_attr
        known = ~split.new
        scores = standardised_pairs(
            self.table, self._pair_names, self.table.eligible & np.outer(known, known)
        )
        edge_attr = torch.tensor(scores[np.ix_(*self.axes(split))], dtype=torch.float32)
        if known.all():
            self._shared_edge_attr = edge_attr
        return edge_attr

    def training_mask(self, split: Split) -> npt.NDArray[np.bool_]:
        """Entries that a model is trained on, and that the scalers are fitted on: [N, N] bool."""
        return split.observed | split.validation if self.train_on_validation else split.observed

    def task_order(self, split: Split) -> npt.NDArray[np.int64]:
        """Indices in the table of an episode's tasks.

        Args:
            split: one of ``splits``.

        Returns:
            [N] int64: known tasks first, then new tasks, each in the table's order; in a bipartite graph, all
            sources in this order, then all targets.
        """
        order: Indices = np.lexsort((split.new, self._is_column))
        return order

    def axes(self, split: Split, *, stage: Stage = "predict") -> tuple[Indices, Indices]:
        """Indices in the table of the rows and of the columns of an episode's matrices.

        Args:
            split: one of ``splits``.
            stage: of the episode.

        Returns:
            [N] int64 twice; [S] and [T] for bipartite graphs.
        """
        order = self.task_order(split)
        if stage == "fit":
            order = order[~split.new[order]]
        if not self.bipartite:
            return order, order
        return order[~self._is_column[order]], order[self._is_column[order]]

    @property
    def area(self) -> tuple[Indices, ...]:
        """The part of the table's [N, N] matrices that a graph has, as an index of such a matrix."""
        return np.ix_(*(np.sort(tasks) for tasks in self.axes(self.splits[0])))

    def put_back(self, scores: FloatMatrix) -> FloatMatrix:
        """Scores of the whole table.

        Args:
            scores: [..., S, T] float64 of :attr:`area`.

        Returns:
            [..., N, N] float64, 0 outside; what was given, if the graphs have the whole table.
        """
        if not self.bipartite:
            return scores
        whole = np.zeros((*scores.shape[:-2], *self.table.value.shape))
        rows, columns = self.area
        whole[..., rows, columns] = scores
        return whole

    def episode(self, position: int, *, stage: Stage) -> Episode:
        """One split as tensors.

        Args:
            position: index in ``splits``.
            stage: ``fit`` for the known tasks only, ``predict`` for all tasks.

        Returns:
            The episode.
        """
        split = self.splits[position]
        observed = self.training_mask(split)
        held_back = np.zeros_like(split.validation) if self.train_on_validation else split.validation
        standardised = SCALES[self.scale](self.table.value, observed)
        rows, columns = self.axes(split, stage=stage)
        block = np.ix_(rows, columns)
        order = np.concatenate([rows, columns]) if self.bipartite else rows
        edge_attr = self.edge_attr(split)
        if stage == "fit" and split.new.any():  # known tasks are first
            edge_attr = edge_attr[: len(rows), : len(columns)]
        graph = TaskGraph(
            x=torch.tensor(self.embedding(split)[order], dtype=torch.float32),
            group=torch.tensor(self.group[order]),
            affinity=_revealed(standardised[block], observed[block]),
            observed=torch.tensor(observed[block]),
            eligible=torch.tensor(self.table.eligible[block]),
            query=torch.tensor(split.query[block]),
            edge_attr=edge_attr,
            key=torch.tensor(0),
        )
        validation = Targets(torch.tensor(held_back[block]), _revealed(standardised[block], held_back[block]))
        return Episode(torch.tensor(position), graph, validation)

    def train_dataloader(self) -> DataLoader[Episode]:
        """All fit episodes of this process as one batch."""
        return self._loader("fit")

    def val_dataloader(self) -> DataLoader[Episode]:
        """The same episodes as for training: they contain the validation entries."""
        return self._loader("fit")

    def predict_dataloader(self) -> DataLoader[Episode]:
        """All predict episodes of this process as one batch."""
        return self._loader("predict")

    def _loader(self, stage: Stage) -> DataLoader[Episode]:
        rank, world = (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)
        if world > len(self.splits):
            raise UserError(
                f"{world} processes cannot share {len(self.splits)} splits: use at most "
                f"{len(self.splits)} devices"
            )
        own = [self.episode(position, stage=stage) for position in range(len(self.splits))[rank::world]]
        # Collated once rather than in every epoch; a list is a valid dataset.
        return DataLoader([_collate(own)], batch_size=None)  # type: ignore[arg-type]


def _revealed(value: FloatMatrix, mask: npt.NDArray[np.bool_]) -> torch.Tensor:
    return torch.tensor(np.where(mask, value, 0.0), dtype=torch.float32)


def _collate(own: list[Episode]) -> Episode:
    """Stack episodes; pair features that all of them share are not copied."""
    shared = own[0].graph.edge_attr
    if any(episode.graph.edge_attr is not shared for episode in own):
        return default_collate(own)  # type: ignore[no-any-return]  # is untyped
    bare = [each._replace(graph=each.graph._replace(edge_attr=shared[..., :0])) for each in own]
    batch: Episode = default_collate(bare)
    return batch._replace(graph=batch.graph._replace(edge_attr=shared.expand(len(own), *shared.shape)))
