"""The cell that a result file is of, prepared again with the code and the data that are here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import Code
from benchmark.results.files import read_result
from benchmark.results.schema import Place, Result
from benchmark.results.untrusted import RefusedFileError
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import Cell
from benchmark.running.trainer import Hardware
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.registry import DATASETS, Source, source_of_file
from datamodules.splits.protocol import PROTOCOL_VERSION
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_names

# More than any board asks for; what a file claims beyond is not run.
MAX_MEMBERS, MAX_EPOCHS = 64, 10_000


class RefusalError(Exception):
    """An error that prevents further checks."""


class UnknownHereError(RefusalError):
    """The model or the matrix of a result is not the project's, so that it cannot be prepared again."""


def read_again(path: Path) -> Result:
    """Read a finished result of this version.

    Args:
        path: the JSON file.

    Returns:
        The result.

    Raises:
        RefusalError: if it is no such result; the message says what to do.
    """
    try:
        result = read_result(path)
    except RefusedFileError as error:
        raise RefusalError(error.reason) from error
    if result.protocol_version != PROTOCOL_VERSION:
        raise RefusalError(
            f"protocol_version: {result.protocol_version} in the file, and this is {PROTOCOL_VERSION}; "
            "results of two versions are never compared: run the cell again with this version"
        )
    if result.status == "failed":
        raise RefusalError(f"status: the run failed: {result.reason}")
    if path.stem != result.model.config.name:
        raise RefusalError(
            f"model.config.name: {result.model.config.name}, and the file is called {path.name}"
        )
    return result


def prepare_again(
    result: Result,
    *,
    models: Mapping[str, ModelConfig],
    own: Source | None = None,
    same_splits: bool = False,
    isolate: bool = False,
    limit_seconds: float = 3600.0,
) -> CellRun:
    """Prepare the cell of a result; code that only the file names is never run.

    Args:
        result: the result.
        models: submissions that the user names, by name.
        own: a matrix of the user's own, beside the published ones.
        same_splits: take the splits that the result has, instead of all of the protocol's.
        isolate: treat shipped models as submissions.
        limit_seconds: time limit of each run of a submission.

    Returns:
        The cell.

    Raises:
        UnknownHereError: if the model is neither shipped nor named, or the matrix unknown and not given.
        RefusalError: if the matrix is another one here, the cell cannot have a result, or its run has no end.
    """
    config = _config(result, models)
    if isolate and not isinstance(config, Submission):
        code = Code(word=config.name)
        config = Submission(**config.model_dump(), code=code)
    place, run = result.place, result.run
    for name, said, most in (("members", run.members, MAX_MEMBERS), ("epochs", run.epochs, MAX_EPOCHS)):
        if not 1 <= said <= most:
            raise RefusalError(f"run.{name}: {said:,}; verify runs 1 to {most:,}: run the cell with fewer")
    try:
        table = _table(place, own)
    except UserError as error:
        raise RefusalError(f"place: {error}") from error
    if result.data.dataset_hash != table.hash:
        raise RefusalError(
            f"data.dataset_hash: the result is of another {place.dataset} ({result.data.dataset_hash[:12]}…) "
            f"than the one here ({table.hash[:12]}…): {_how_to_agree(place)}, then run the cell again"
        )
    effort = RunSettings(
        seed=run.seed,
        members=run.members,
        epochs=run.epochs,
        numbers=result.data.split_numbers if same_splits else None,
    )
    hardware = Hardware(limit_seconds=limit_seconds)
    try:
        return CellRun(Cell(place=place, model=config), table=table, effort=effort, hardware=hardware)
    except UserError as error:  # a cell that cannot have a result
        raise RefusalError(f"place: {error}") from error


def _config(result: Result, models: Mapping[str, ModelConfig]) -> ModelConfig:
    """The configuration of the user or this repository; never imported because a file names it."""
    name = result.model.config.name
    if name in models:
        return models[name]
    if name.partition("+")[0] in model_names():
        return _shipped(name)
    raise UnknownHereError(
        f"model.config.name: '{name}' is no shipped model, and code that only a file names is not run: read "
        "the model's code, then name it with --model, as in --model path/to/file.py:Class"
    )


@cache
def _shipped(name: str) -> ModelConfig:
    return load_model(name)


def _table(place: Place, own: Source | None) -> AffinityTable:
    source = source_of_file(place.dataset, own)
    if source is None:
        raise UnknownHereError(
            f"place.dataset: '{place.dataset}' is no published dataset: give your own matrix with "
            "--dataset, and how to read it as for run"
        )
    if source is own:  # which reads its file once
        return source.read(regime=place.regime, label=place.label)
    return _published(place.dataset, place.regime, place.label)


@cache
def _published(dataset: str, regime: str, label: str) -> AffinityTable:
    return DATASETS[dataset].read(regime=regime, label=label)


def _how_to_agree(place: Place) -> str:
    if place.dataset in DATASETS:
        return "update this repository"
    return "give the file that it was run on, and the same options of how to read it"
