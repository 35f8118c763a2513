"""What hyper-parameters are chosen by: held-back entries of splits that no board uses."""

from collections.abc import Sequence

import numpy as np
import pytorch_lightning as pl
import torch

from benchmark.metrics import pooled_spearman
from benchmark.running.trainer import Hardware, make_trainer, use_threads_for
from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from datamodules.graph import Targets
from datamodules.splits.protocol import Setting
from datamodules.splits.tuning import nested_split
from datamodules.standardise import SCALES
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory
from lit_models.training.lit_recovery import LitRecovery, Prediction


class HeldBack:
    """Scores configurations of one model by the validation entries of development splits.

    The score of a dataset is the Spearman correlation between what the mean over members says of these
    entries and their standardised affinity, all splits' entries in one pool. They are few (a fifteenth of a
    matrix a split), too few to rank within each target; standardised, no target's level can stand in for an
    order. Boards rank, so a rank correlation it is.

    They are hidden from the fit altogether: a model selects its state on others, see
    :func:`datamodules.splits.tuning.nested_split`. No query entry is read: predictions are made on the
    graphs that were fitted.

    Development splits are other splits of the same matrices: an entry held back here is a query of some of
    the boards' splits. A handful of numbers is all that a search can learn from it, but a score on a matrix
    that was tuned on is not one on a new matrix.

    Args:
        config: the model; all configurations to be scored differ from it in ``init_args`` and ``training``.
        tables: the matrices.
        setting: ``transductive`` (a third of the entries hidden) or ``inductive``.
        splits: how many of the development splits.
        members: independently initialised copies of each split.
        seed: seeds initial weights and noise.

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
        self.datamodules = {
            place(table): AffinityDataModule(
                table=table,
                setting=setting,
                numbers=range(splits),
                z=config.z,
                scale=config.scale,
                proxy=config.proxy,
                development=True,
                train_on_validation=config.training.train_on_validation,
            )
            for table in tables
        }
        self.truth = {name: _hold_back(datamodule) for name, datamodule in self.datamodules.items()}
        build = model_factory(config)
        for name, datamodule in self.datamodules.items():
            template = build(datamodule.num_tasks, datamodule.num_features)
            self.trained = any(value.requires_grad for value in template.parameters())
            self.source_hash = source_hash(template)
            if setting not in template.settings:
                raise UserError(f"{config.name} cannot rank transfers in the {setting} setting")
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
        """Mean over members, [S, N, N] float, of the tasks of the fit graphs."""
        use_threads_for(datamodule.num_tasks)
        pl.seed_everything(self.seed, verbose=False)
        trainer = make_trainer(Hardware(), epochs=config.training.epochs, callbacks=[])
        module = LitRecovery(
            build=model_factory(config),
            num_tasks=datamodule.num_tasks,
            num_features=datamodule.num_features,
            numbers=[split.number for split in datamodule.splits],
            members=self.members if self.trained else 1,
            seed=self.seed,
            **config.training.model_dump(exclude={"epochs", "train_on_validation"}),
        )
        if self.trained:
            trainer.fit(module, datamodule=datamodule)
        batches = trainer.predict(module, dataloaders=datamodule.train_dataloader())
        (prediction,) = (Prediction(*batch) for batch in batches or ())
        return prediction.scores.detach().mean(1)


def place(table: AffinityTable) -> str:
    """A table in words: ``taskonomy/16k/ahp``."""
    return f"{table.name}/{table.regime}/{table.label}"


def _hold_back(datamodule: AffinityDataModule) -> Targets:
    """Replace a datamodule's splits by nested ones; standardised values of the entries that this hides.

    Returns:
        Fields [S, N, N], rows and columns as in the fit graphs.
    """
    held_back = [split.validation for split in datamodule.splits]
    datamodule.splits = [nested_split(split, datamodule.table.eligible) for split in datamodule.splits]
    masks, values = [], []
    for split, mask in zip(datamodule.splits, held_back, strict=True):
        order = datamodule.task_order(split)[: datamodule.num_tasks]
        block = np.ix_(order, order)
        value = SCALES[datamodule.scale](datamodule.table.value, datamodule.training_mask(split))
        masks.append(mask[block])
        values.append(np.where(mask, value, 0.0)[block])
    return Targets(torch.tensor(np.stack(masks)), torch.tensor(np.stack(values)))
