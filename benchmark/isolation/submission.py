"""Submitted models: configurations whose code runs in workers only."""

import re
from collections.abc import Collection
from pathlib import Path

from pydantic import Field, ValidationError

from benchmark.isolation.confine import Limits
from benchmark.isolation.exchange import Message
from benchmark.isolation.worker import Code, WorkerError, ask
from benchmark.running.description import Description, build_and_describe
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from lit_models.loading.class_code import OWN, module_file
from lit_models.loading.config import ModelConfig
from lit_models.loading.model_file import read_model_file
from lit_models.loading.submission import is_submission
from lit_models.registry import load_models, model_names, split_endings
from lit_models.sets.registry import set_model_names

# To import and build a model, which takes moments; training has the run's limits.
BUILD = Limits(seconds=120.0, memory_bytes=4 * 2**30, file_bytes=2**24)
_JOBS = "benchmark.isolation.model_jobs"
# It becomes the name of a file, and a row of boards, where other letters may look like a shipped model's.
_NAME = re.compile(r"(?![.])[ -.0-\[\]-~]{1,200}")


class Submission(ModelConfig):
    """A model that is not shipped, as it describes itself; its code is never imported into this process.

    Attributes:
        code: where its code lies; no part of a result.
    """

    code: Code = Field(exclude=True, repr=False)


def load_in_worker(word: str) -> list[ModelConfig]:
    """Read configurations as :func:`lit_models.registry.load_models` does, running no code but shipped one.

    Args:
        word: as there.

    Returns:
        The configurations; those of models that are not shipped are submissions.

    Raises:
        UserError: as there, and if the code of a submission fails or describes itself wrongly.
    """
    stem, _ = split_endings(word)
    if not is_submission(stem):
        return load_models(word)
    return [*read_in_worker(word, job=f"{_JOBS}:read")]


def read_in_worker(word: str, *, job: str) -> list[Submission]:
    """Read the configurations of a submission.

    Args:
        word: as for :func:`load_in_worker`, not of a shipped model.
        job: answers with ``configs``.

    Returns:
        The submissions.

    Raises:
        UserError: if its code fails, or describes itself wrongly.
    """
    code = find_code(word)
    try:
        answer = ask(code, Message({}, {}), job=job, limits=BUILD)
        found = [ModelConfig.model_validate(each) for each in answer.values["configs"]]
    except (WorkerError, ValidationError, KeyError, TypeError) as error:
        raise UserError(f"{word} cannot be read: {error}") from error
    for config in found:
        check_name(config.name, {*model_names(), *set_model_names()}, word=word)
    return [Submission(**config.model_dump(), code=code) for config in found]


def check_name(name: str, shipped: Collection[str], *, word: str) -> None:
    """Refuse a name that is a shipped one's, looks like it, or is no name of a file.

    Args:
        name: what a submission calls itself; a suffix such as ``+z`` may follow.
        shipped: names that are taken.
        word: what the user wrote, for the message.

    Raises:
        UserError: for such a name.
    """
    if not _NAME.fullmatch(name) or name.partition("+")[0] in shipped:
        raise UserError(
            f"{word}: a submission cannot be called {name[:200]!a}: give it a name of its own, in ASCII"
        )


def find_code(word: str) -> Code:
    """Find the files of a submission without running them.

    Args:
        word: see :func:`lit_models.registry.load_models`.

    Returns:
        What a worker needs to import it.

    Raises:
        UserError: if there is no such file.
    """
    stem, endings = split_endings(word)
    if stem.endswith((".yaml", ".yml")):
        file = Path(stem).resolve()
        inner = read_model_file(file)["class_path"]
        code = _code_of_class(inner, folder=file.parent)
        return code._replace(word="".join([str(file), *endings]), files=(file, *code.files))
    location, colon, name = stem.rpartition(":")
    file = (Path(location) if colon else Path(stem)).resolve()
    if (colon or stem.endswith(".py")) and not file.is_file():
        load_models(word)  # says which file there is instead
    absolute = "".join([f"{file}:{name}" if colon else str(file) if stem.endswith(".py") else stem, *endings])
    return _code_of_class(stem, folder=Path.cwd())._replace(word=absolute)


def _code_of_class(word: str, *, folder: Path) -> Code:
    """The file of a class, or all code of its package: no data beside it, and nothing that links lead to."""
    location, colon, _ = word.rpartition(":")
    if colon or word.endswith(".py"):
        file = (folder / (location if colon else word)).resolve()
        return Code(word=word, files=(file,) if file.suffix == ".py" else ())
    first = module_file(word.partition(".")[0])
    if first is None or word.partition(".")[0] in OWN:
        return Code(word=word)
    if first.name != "__init__.py":
        return Code(word=word, package=(first,), root=first.parent)
    files = [
        path for path in sorted(first.parent.rglob("*.py")) if path.is_file() and not _is_linked(path, first)
    ]
    return Code(word=word, package=tuple(files), root=first.parent.parent)


def _is_linked(path: Path, first: Path) -> bool:
    """Whether a file of the package of ``first`` lies somewhere else."""
    return not path.resolve().is_relative_to(first.parent.resolve()) or path.resolve().suffix != ".py"


def describe(
    config: ModelConfig, *, num_tasks: int, num_features: int, num_pair_features: int
) -> Description:
    """Build a model and describe it: a shipped one in this process, a submission in a worker.

    Args:
        config: the model.
        num_tasks: tasks of a fit graph.
        num_features: width of the task embeddings.
        num_pair_features: number of pair features.

    Returns:
        The description; what went wrong is part of it.

    Raises:
        UserError: if the class or an argument of the configuration is invalid.
    """
    size = {
        "num_tasks": num_tasks,
        "num_features": num_features,
        "num_pair_features": num_pair_features,
    }
    if not isinstance(config, Submission):
        return build_and_describe(config, **size)
    key = (*state_of(config), *size.values())
    if key not in _described:
        _described[key] = _describe(config, size)
    return _described[key]


def state_of(config: Submission) -> tuple[object, ...]:
    """What an answer about a submission is remembered by: it is another one once a file has changed."""
    changed = tuple(file.stat().st_mtime_ns for file in (*config.code.files, *config.code.package))
    return config.code.word, changed, config.model_dump_json()


_described: dict[tuple[object, ...], Description] = {}


def _describe(config: Submission, size: dict[str, int]) -> Description:
    question = Message({"config": config.model_dump(mode="json"), "size": size}, {})
    try:
        answer = ask(config.code, question, job=f"{_JOBS}:build", limits=BUILD)
        return Description.model_validate(answer.values["description"])
    except (WorkerError, ValidationError, KeyError) as error:
        return Description(error=str(error))


def size_of(data: AffinityDataModule) -> dict[str, int]:
    """The size of the graphs that a model is built for, as part of a question to a worker."""
    return {
        "num_tasks": data.num_tasks,
        "num_features": data.num_features,
        "num_pair_features": data.num_pair_features,
    }
