"""Models by name, one YAML file per model in ``lit_models/configs``, and users' own models by path."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser
from pydantic import ValidationError

from datamodules.embeddings import Z, check_z
from datamodules.errors import UserError, unknown_name
from datamodules.pair_features import ALL_PAIRS, NO_PAIRS
from lit_models.base import RecoveryModel
from lit_models.loading.class_code import check_class, check_parts
from lit_models.loading.class_path import with_full_paths
from lit_models.loading.config import ModelConfig
from lit_models.loading.model_file import points, read_model_file
from lit_models.loading.submission import find_class, import_class, is_submission
from lit_models.training.lit_recovery import ModelFactory

CONFIGS = Path(__file__).parent / "configs"
# Suffixes of a model's name, in the order that names have them, and the task embeddings they stand for.
WITH_Z: dict[str, Z] = {
    "+z": "metadata",
    "+all": "all",
    "+text": "text",
    "+prompt": "prompt",
    "+task2vec": "task2vec",
    "+representation": "representation",
}
WITH_PAIRS = "+pairs"
OWN = "lit_models."  # where shipped classes are


def model_names() -> list[str]:
    """Names of all configured models, without their variants with Z."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def load_model(word: str) -> ModelConfig:
    """Read one model's configuration and fill in its defaults; see :func:`load_models`.

    Raises:
        UserError: as for :func:`load_models`, and for a file whose lists define several models.

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
    """Read the configurations of one or several models and fill in their defaults.

    Args:
        word: one of :func:`model_names`; ``path/to/file.py:Class`` or ``some.package.Class``, whose code is
            run and which is named after its class; or the path of a YAML file with ``class_path``,
            ``init_args`` and other fields of :class:`ModelConfig`, named after the file, in which lists
            define a grid (see :func:`lit_models.loading.model_file.points`). Any of the suffixes
            ``+z`` (metadata), ``+text``, ``+prompt``, ``+all`` (metadata and prompts), ``+task2vec`` and
            ``+representation`` add task embeddings, and ``+pairs`` all pair features: ``+z+pairs``.

    Returns:
        The resolved configurations, one unless the file defines a grid.

    Raises:
        UserError: for an unknown name, an invalid file, or a suffix for what the model has already.

    >>> load_models("kernel-ridge+pairs+text+z")[0].name
    'kernel-ridge+z+text+pairs'
    """
    stem, endings = split_endings(word)
    configs = _submitted(stem) if is_submission(stem) else [_shipped(stem)]
    return [resolve(with_endings(config, endings)) for config in configs]


def find_model(model: str | Path | type[RecoveryModel]) -> ModelConfig:
    """Read one model's configuration, given a name as in :func:`load_models`, or a class.

    Args:
        model: the name, or a class defined at the top level of a module or notebook cell.

    Returns:
        The resolved configuration.

    Raises:
        UserError: as for :func:`load_model`, and for a class that is not a recovery model or not importable.
    """
    if not isinstance(model, type):
        return load_model(str(model))
    return resolve(_named(model.__name__, {"class_path": find_class(model)}, where=model.__qualname__))


def split_endings(word: str) -> tuple[str, list[str]]:
    """A model's name or path, and its suffixes in the order of boards; a plus may be part of a path."""
    known = [*WITH_Z, WITH_PAIRS]
    endings: list[str] = []
    stem, plus, ending = word.rpartition("+")
    while plus and not is_submission(ending):
        if plus + ending not in known:
            raise unknown_name("ending of a model's name", plus + ending, known)
        endings.append(plus + ending)
        word = stem
        stem, plus, ending = word.rpartition("+")
    return word, sorted(endings, key=known.index)


def with_endings(config: ModelConfig, endings: list[str]) -> ModelConfig:
    """The configuration with what the suffixes of its name add."""
    kinds = [] if config.z == "none" else [config.z]
    pairs = config.pairs
    for ending in endings:
        if ending == WITH_PAIRS and pairs != NO_PAIRS:
            raise UserError(f"model '{config.name}' has pair features already: leave the {ending} out")
        if ending == WITH_PAIRS:
            pairs = ALL_PAIRS
            continue
        try:
            check_z("+".join([*kinds, WITH_Z[ending]]))
        except UserError as refusal:
            raise UserError(
                f"model '{config.name}' has task embeddings of this kind already: leave the {ending} out"
            ) from refusal
        kinds.append(WITH_Z[ending])
    z = "+".join(kinds) or "none"
    return config.model_copy(update={"z": z, "pairs": pairs, "name": config.name + "".join(endings)})


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
    check_class(content["class_path"], folder=file.parent)
    check_parts(content.get("init_args"), class_path=content["class_path"])
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
    """Fill in the defaults of a model's arguments, check their types, and name classes by their full paths.

    Args:
        config: configuration with any subset of arguments.

    Returns:
        The configuration with all arguments, and full class paths (:mod:`lit_models.loading.class_path`).

    Raises:
        UserError: if the class or an argument is invalid.
    """
    parsed = with_full_paths(_parse(config)[1].as_dict()["model"])
    return config.model_copy(
        update={"class_path": parsed["class_path"], "init_args": parsed.get("init_args", {})}
    )


def model_factory(config: ModelConfig) -> ModelFactory:
    """The callable that builds a configured model from (num_tasks, num_features).

    Args:
        config: the configuration.

    Returns:
        The factory.

    Raises:
        UserError: if the class or an argument is invalid.
    """
    parser, parsed = _parse(config)
    factory: ModelFactory = parser.instantiate(parsed).model
    return factory


def _parse(config: ModelConfig) -> tuple[ArgumentParser, Any]:
    try:
        arguments = json.dumps(config.init_args, default=str)
        if config.class_path.startswith(OWN) and json.loads(arguments) == config.init_args:
            return _parse_once(config.class_path, arguments)
        return _parse_arguments(config.class_path, config.init_args)
    except Exception as error:
        raise UserError(f"model '{config.name}' cannot be built: {error}") from error


@lru_cache(maxsize=512)
def _parse_once(class_path: str, arguments: str) -> tuple[ArgumentParser, Any]:
    """Of a shipped class, which does not change while a process runs: a run asks for the same ones often."""
    return _parse_arguments(class_path, json.loads(arguments))


def _parse_arguments(class_path: str, init_args: dict[str, Any]) -> tuple[ArgumentParser, Any]:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--model", type=Callable[[int, int], RecoveryModel])
    return parser, parser.parse_object({"model": {"class_path": class_path, "init_args": init_args}})
