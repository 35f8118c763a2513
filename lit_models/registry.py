"""Models by name, one YAML a model under ``lit_models/configs``, and a user's own by their path."""

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datamodules.embeddings import Z
from datamodules.errors import UserError, unknown_name
from datamodules.splits import Setting
from datamodules.standardise import Scale
from lit_models.base import RecoveryModel
from lit_models.lit import ModelFactory, Schedule
from lit_models.model_file import points, read_model_file
from lit_models.submission import import_class, is_submission

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


def load_model(word: str) -> ModelConfig:
    """Read one model's configuration and fill in its defaults; see :func:`load_models`.

    Raises:
        UserError: as there, and for a file whose lists make several models.

    >>> load_model("gravity-dir+z").z
    'metadata'
    """
    configs = load_models(word)
    if len(configs) > 1:
        raise UserError(
            f"'{word}' is {len(configs)} models, from {configs[0].name} to {configs[-1].name}, and here one "
            "is needed: leave one value of each list"
        )
    return configs[0]


def load_models(word: str) -> list[ModelConfig]:
    """Read the models that a word stands for and fill in their defaults.

    Args:
        word: one of :func:`model_names`; ``path/to/file.py:Class`` or ``some.package.Class``, whose code is
            run and which is called by its class; or the path of a YAML file of ``class_path``, ``init_args``
            and any other part of :class:`ModelConfig`, called by the file, in which lists make a grid (see
            :func:`lit_models.model_file.points`). With ``+z``, ``+prompt`` or ``+all`` at the end the same
            model with task embeddings of metadata, of prompts, or of all there is.

    Returns:
        The resolved configurations, one unless the file has a grid.

    Raises:
        UserError: for an unknown name, a file that cannot be used, or ``+z`` after a model that has task
            embeddings anyway.
    """
    stem, plus, ending = word.rpartition("+")
    if not plus or is_submission(ending):  # a plus in a folder's name is none of ours
        stem, plus, ending = word, "", ""
    z = WITH_Z.get(plus + ending)
    if plus and z is None:
        raise unknown_name("ending of a model's name", plus + ending, WITH_Z)
    configs = _submitted(stem) if is_submission(stem) else [_shipped(stem)]
    return [resolve(_with_z(config, z, plus + ending) if z else config) for config in configs]


def _with_z(config: ModelConfig, z: Z, ending: str) -> ModelConfig:
    if config.z != "none":
        raise UserError(f"model '{config.name}' has task embeddings already: leave the {ending} out")
    return config.model_copy(update={"z": z, "name": f"{config.name}{ending}"})


def _shipped(name: str) -> ModelConfig:
    if name not in model_names():
        raise unknown_name("model", name, model_names())
    return ModelConfig(name=name, **yaml.safe_load((CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")))


def _submitted(word: str) -> list[ModelConfig]:
    if not word.endswith((".yaml", ".yml")):
        class_path = import_class(word)
        return [_named(class_path.rpartition(".")[2], {"class_path": class_path}, where=word)]
    file = Path(word)
    content = read_model_file(file)
    content["class_path"] = import_class(content["class_path"], folder=file.parent)

    def fits(key: str, value: Any) -> bool:
        try:
            resolve(ModelConfig(name=word, class_path=content["class_path"], init_args={key: value}))
        except UserError:
            return False
        return True

    grid = points(content, {"init_args": fits, "training": lambda *_: True})
    return [_named(file.stem + point.ending, point.content, where=word) for point in grid]


def _named(name: str, content: dict[str, Any], *, where: str) -> ModelConfig:
    if name in model_names():
        raise UserError(f"{where}: '{name}' is a shipped model's name, and boards go by it: rename yours")
    try:
        return ModelConfig(name=name, **content)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise UserError(f"{where}: {'; '.join(faults)}") from error


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
