"""A model with its arguments and how it is trained, as a row of a board: plain values, no code."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field

from datamodules.embeddings import Z, check_z
from datamodules.splits.protocol import Setting
from datamodules.standardise import Scale

LearningRateSchedule = Literal["constant", "cosine"]


class Training(BaseModel):
    """How a model is fitted; the rest is in :class:`lit_models.training.lit_recovery.LitRecovery`.

    Attributes:
        epochs: training steps at most; every epoch is one step on all episodes.
        train_on_validation: train on the validation entries as well; then nothing is selected, and the
            last state counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rate: float = 0.02
    weight_decay: float = 0.1
    patience: int = 20
    epochs: int = 400
    schedule: LearningRateSchedule = "constant"
    train_on_validation: bool = False


class Tuning(BaseModel):
    """What was spent on choosing a model's hyper-parameters: ``affinity-bench tune``.

    Attributes:
        trials: hyper-parameters that were tried, the model's own before among them.
        datasets: what they were scored on, as dataset/regime/label.
        setting: see :class:`datamodules.base.AffinityDataModule`.
        splits: development splits of each dataset, from 0.
        members: independently initialised copies of each split.
        seed: seeded the draws of hyper-parameters, initial weights and noise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    trials: int
    datasets: list[str]
    setting: Setting
    splits: int
    members: int
    seed: int


class ModelConfig(BaseModel):
    """A model with its arguments, as a row of the leaderboard.

    Attributes:
        name: what the leaderboard calls it.
        class_path: dotted path of a :class:`lit_models.base.RecoveryModel`.
        init_args: its keyword arguments; all of them, defaults included, after
            :func:`lit_models.registry.resolve`.
        z: task embeddings that it is given, one or more kinds joined by ``+``.
        scale: how its targets are standardised.
        pairs: pair features that it is given, ``none``, ``all``, or the name of one; ``proxy`` in old files.
        training: how it is fitted.
        tuning: what was spent on choosing its hyper-parameters; None if no search chose them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    class_path: str
    init_args: dict[str, Any] = Field(default_factory=dict)
    z: Annotated[Z, AfterValidator(check_z)] = "none"
    scale: Scale = "zscore"
    pairs: str = Field(default="none", validation_alias=AliasChoices("pairs", "proxy"))
    training: Training = Training()
    tuning: Tuning | None = None
