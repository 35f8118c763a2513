"""The objective of hyper-parameter search: held-out entries of splits that no board uses."""

from collections.abc import Sequence

import numpy as np
import torch

from benchmark.metrics import pooled_spearman
from benchmark.running.applicability import why_not
from benchmark.running.fit_model import data_for, fit_model
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import Targets
from datamodules.matrix_types import BoolMatrix
from datamodules.splits.protocol import Setting, make_splits
from datamodules.splits.tuning import nested_split
from datamodules.standardise import SCALES
from lit_models.base import build_model
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory


class HeldBack:
    """Scores configurations of one model on the validation entries of development splits.

    The score on a dataset is the Spearman correlation between the ensemble's predictions for these entries
    and their standardised affinities, pooled over splits. The entries are too few to rank within each target
    (about a fifteenth of a matrix per split); standardising removes the targets' levels.

    The entries are hidden from training entirely: early stopping uses others, see
    :func:`datamodules.splits.tuning.nested_split`. No query entry is read: predictions are made on the fit
    graphs.

    Development splits are different splits of the same matrices: an entry held out here is a query of some
    board splits. A search can learn only a few numbers from it, but scores on a matrix that was tuned on are
    not scores on a new matrix.

    Args:
        config: the model; the configurations scored differ from it only in ``init_args`` and ``training``.
        tables: the matrices.
        setting: ``transductive`` (a third of the entries hidden) or ``inductive``.
        splits: number of development splits.
        members: number of independently initialised copies per split.
        seed: seed of initial weights and noise.

    Raises:
        UserError: if the model does not fit a table or the setting, or a table has no validation entries.
    """

    def __init__(
        self,
        config: ModelConfig,
        *,
        tables: Sequence[AffinityTable],
        setting: Setting,
        splits: int,
        members: int,
        seed: int,
    ) -> None:
        self.members = members
        self.seed = seed
        self.datamodules: dict[str, AffinityDataModule] = {}
        self.truth: dict[str, Targets] = {}
        for table in tables:
            own = make_splits(table.eligible, setting=setting, numbers=range(splits), development=True)
            nested = [nested_split(split, table.eligible) for split in own]
            reason = why_not(config, table, setting)
            if reason:
                raise UserError(f"{config.name} cannot be scored on {place(table)}: {reason}")
            data = data_for(config, table, setting=setting, splits=nested)
            self.datamodules[place(table)] = data
            self.truth[place(table)] = _held_back(data, [split.validation for split in own])
        build = model_factory(config)
        for name, datamodule in self.datamodules.items():
            template = build_model(
                build, datamodule.num_tasks, datamodule.num_features, datamodule.num_pair_features
            )
            self.trained = any(value.requires_grad for value in template.parameters())
            self.source_hash = source_hash(template)
            if not self.truth[name].mask.any():
                raise UserError(f"{name} is too small to hold entries back: nothing to choose parameters by")

    def __call__(self, config: ModelConfig) -> dict[str, float]:
        """Fit a configuration on every dataset.

        Args:
            config: the configuration.

        Returns:
            Spearman correlation by dataset, in [−1, 1]; 0 for constant predictions.

        Raises:
            ValueError: if a score is not finite.
        """
        scores: dict[str, float] = {}
        for name, datamodule in self.datamodules.items():
            predicted = self._predict(config, datamodule)
            mask, value = self.truth[name]
            if not predicted[mask].isfinite().all():
                raise ValueError(f"{config.name} has scores that are not finite on {name}")
            scores[name] = float(pooled_spearman(*(each.flatten(0, 1) for each in (predicted, value, mask))))
        return scores

    def _predict(self, config: ModelConfig, datamodule: AffinityDataModule) -> torch.Tensor:
        """Mean scores over members, [S, N, N] float, for the tasks of the fit graphs."""
        members = self.members if self.trained else 1
        fitted = fit_model(config, datamodule, members=members, seed=self.seed)
        return fitted.scores(datamodule.train_dataloader()).mean(1)


def place(table: AffinityTable) -> str:
    """Short name of a table: ``taskonomy/16k/ahp``."""
    return f"{table.name}/{table.regime}/{table.label}"


def _held_back(datamodule: AffinityDataModule, held_back: Sequence[BoolMatrix]) -> Targets:
    """Standardised values of the entries that are held out from the datamodule's splits.

    Returns:
        Fields [S, N, N], rows and columns as in the fit graphs.
    """
    masks, values = [], []
    for split, mask in zip(datamodule.splits, held_back, strict=True):
        block = np.ix_(*datamodule.axes(split, stage="fit"))
        value = SCALES[datamodule.scale](datamodule.table.value, datamodule.training_mask(split))
        masks.append(mask[block])
        values.append(np.where(mask, value, 0.0)[block])
    return Targets(torch.tensor(np.stack(masks)), torch.tensor(np.stack(values)))
