"""Models by name: one YAML a model under ``lit_models/configs``."""

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser
from pydantic import BaseModel, ConfigDict, Field

from datamodules.embeddings import Z
from datamodules.errors import UserError, unknown_name
from datamodules.splits import Setting
from datamodules.standardise import Scale
from lit_models.base import RecoveryModel
from lit_models.lit import ModelFactory, Schedule

CONFIGS = Path(__file__).parent / "configs"
# What may follow a model's name, and the task embeddings that it stands for.
WITH_Z: dict[str, Z] = {"+z": "metadata", "+prompt": "prompt", "+all": "all"}


class Training(BaseModel):
    """How a model is fitted; see :class:`lit_models.lit.LitRecovery` for what is not said here.

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
    schedule: Schedule = "constant"
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
        class_path: dotted path of a :class:`RecoveryModel`.
        init_args: its keyword arguments; after :func:`resolve` all of them, defaults included.
        z: task embeddings that it is given.
        scale: how its targets are standardised.
        proxy: figures of each transfer known without measuring it that it is given.
        training: how it is fitted.
        tuning: what was spent on choosing its hyper-parameters; None if no search chose them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    class_path: str
    init_args: dict[str, Any] = Field(default_factory=dict)
    z: Z = "none"
    scale: Scale = "zscore"
    proxy: str = "none"
    training: Training = Training()
    tuning: Tuning | None = None


def model_names() -> list[str]:
    """Names of all configured models, without their variants with Z."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def load_model(name: str) -> ModelConfig:
    """Read a model's configuration and fill in its defaults.

    Args:
        name: one of :func:`model_names`; with ``+z``, ``+prompt`` or ``+all`` at the end the same model with
            task embeddings of metadata, of prompts, or of all there is.

    Returns:
        The resolved configuration.

    Raises:
        UserError: for an unknown name, or ``+z`` after one that has task embeddings anyway.

    >>> load_model("gravity-dir+z").z
    'metadata'
    """
    stem, plus, ending = name.partition("+")
    z = WITH_Z.get(plus + ending)
    if plus and z is None:
        raise unknown_name("ending of a model's name", plus + ending, WITH_Z)
    if stem not in model_names():
        raise unknown_name("model", stem, model_names())
    content = yaml.safe_load((CONFIGS / f"{stem}.yaml").read_text(encoding="utf-8"))
    config = ModelConfig(name=name, **content)
    if z is not None:
        if config.z != "none":
            raise UserError(f"model '{stem}' has task embeddings already: leave the {plus}{ending} out")
        config = config.model_copy(update={"z": z})
    return resolve(config)


def resolve(config: ModelConfig) -> ModelConfig:
    """Fill in the defaults of a model's arguments and check their types.

    Args:
        config: configuration with any subset of arguments.

    Returns:
        The same with every argument.

    Raises:
        UserError: if the class or an argument does not fit.
    """
    parsed = _parse(config)[1]
    return config.model_copy(update={"init_args": parsed.as_dict()["model"].get("init_args", {})})


def model_factory(config: ModelConfig) -> ModelFactory:
    """The callable that builds a configured model from (num_tasks, num_features).

    Args:
        config: the configuration.

    Returns:
        The factory.

    Raises:
        UserError: if the class or an argument does not fit.
    """
    parser, parsed = _parse(config)
    factory: ModelFactory = parser.instantiate(parsed).model
    return factory


def _parse(config: ModelConfig) -> tuple[ArgumentParser, Any]:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--model", type=Callable[[int, int], RecoveryModel])
    try:
        wanted = {"class_path": config.class_path, "init_args": config.init_args}
        return parser, parser.parse_object({"model": wanted})
    except Exception as error:
        raise UserError(f"model '{config.name}' cannot be built: {error}") from error


def source_hash(model: RecoveryModel) -> str:
    """SHA-256 over the code that decides what a model predicts.

    Args:
        model: an instance.

    Returns:
        Hash of every file of ``lit_models`` and, where they lie elsewhere, of the model's classes.
    """
    files = set(Path(__file__).parent.glob("*.py"))
    for ancestor in type(model).__mro__:
        if issubclass(ancestor, RecoveryModel):
            files.add(Path(inspect.getfile(ancestor)))
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda path: path.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()
