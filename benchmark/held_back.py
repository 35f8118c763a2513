"""What hyper-parameters are chosen by: held-back entries of splits that no board uses."""

from collections.abc import Sequence

import pytorch_lightning as pl
import torch
from torch.utils.data import default_collate

from benchmark.metrics import pooled_spearman
from benchmark.trainer import Hardware, make_trainer, use_threads_for
from datamodules.base import AffinityDataModule, Stage
from datamodules.errors import UserError
from datamodules.graph import Episode, Targets
from datamodules.source import AffinityTable
from datamodules.splits import Setting
from lit_models.lit import LitRecovery, Prediction
from lit_models.registry import ModelConfig, model_factory, source_hash


class HeldBack:
    """Scores configurations of one model by its validation entries on development splits.

    The score of a dataset is the Spearman correlation between what the mean over members says of the
    validation entries and their standardised affinity, all splits' entries in one pool. They are few (a
    fifteenth of a matrix a split), too few to rank within each target; standardised, no target's level can
    stand in for an order. Boards rank, so a rank correlation it is: over random configurations of
    ``source-target-profile``, this score on half of the splits went with the same score on the others at a
    rank correlation of .91; a squared error, which the entries far out decide, did at .74.

    No query entry is read: predictions are made on the graphs that were fitted. A model that selects its
    state on validation entries is scored on the very same ones, which flatters all its configurations about
    alike; one that would train on them (``train_on_validation``) is fitted without them, for all its epochs,
    and its last state counts.

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
        kind = _Unselected if config.training.train_on_validation else AffinityDataModule
        self.datamodules = {
            place(table): kind(
                table=table,
                setting=setting,
                numbers=range(splits),
                z=config.z,
                scale=config.scale,
                proxy=config.proxy,
                development=True,
            )
            for table in tables
        }
        self.truth = {name: _validation(datamodule) for name, datamodule in self.datamodules.items()}
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


class _Unselected(AffinityDataModule):
    """Keeps the validation entries from the fit altogether, so that nothing is selected on them."""

    def episode(self, position: int, *, stage: Stage) -> Episode:
        episode = super().episode(position, stage=stage)
        nothing = Targets(*(torch.zeros_like(field) for field in episode.validation))
        return episode._replace(validation=nothing)


def place(table: AffinityTable) -> str:
    """A table in words: ``taskonomy/16k/ahp``."""
    return f"{table.name}/{table.regime}/{table.label}"


def _validation(datamodule: AffinityDataModule) -> Targets:
    """Standardised validation entries of all splits, fields [S, N, N]."""
    targets: Targets = default_collate(
        [
            AffinityDataModule.episode(datamodule, position, stage="fit").validation
            for position in range(len(datamodule.splits))
        ]
    )
    return targets
