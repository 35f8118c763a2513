"""Submitted set models: their code runs in workers only, which are given episodes."""

from pydantic import BaseModel, ConfigDict, Field

from benchmark.isolation.answer import claims_of, float_array
from benchmark.isolation.confine import Limits
from benchmark.isolation.exchange import Message, pack
from benchmark.isolation.submission import BUILD, Submission, read_in_worker, size_of, state_of
from benchmark.isolation.worker import WorkerError, ask
from benchmark.running.trainer import Hardware
from benchmark.sets.train_set_model import SetDescription, SetScores
from datamodules.sets.datamodule import SetDataModule
from lit_models.loading.config import ModelConfig
from lit_models.loading.submission import is_submission
from lit_models.registry import split_endings
from lit_models.sets.registry import load_set_model

_JOBS = "benchmark.sets.jobs"
_BYTES = 8  # of a float64
_SLACK_BYTES = 2**22


class _Claims(BaseModel):
    """The plain values of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    fit_cpu_seconds: float = Field(ge=0)
    predict_cpu_seconds: float = Field(ge=0)


def load_set_model_in_worker(word: str) -> ModelConfig:
    """Read a configuration as ``load_set_model`` does, running no code here but shipped one.

    Raises:
        UserError: as there, and if the code of a submission fails or describes itself wrongly.
    """
    stem, _ = split_endings(word)
    if not is_submission(stem):
        return load_set_model(word)
    (config,) = read_in_worker(word, job=f"{_JOBS}:read")
    return config


def describe_in_worker(config: Submission, data: SetDataModule) -> SetDescription:
    """Describe a submission that is built for some data.

    Raises:
        UserError: if the model refuses the data.
        WorkerError: if it fails.
    """
    question = _question(config, data)
    key = (*state_of(config), *question.values["size"].values())
    if key not in _described:
        answer = ask(config.code, question, job=f"{_JOBS}:describe", limits=BUILD)
        source, encoder = (answer.values.get(name) for name in SetDescription._fields)
        if not (isinstance(source, str) and isinstance(encoder, str)):
            raise WorkerError("the worker's answer is no description")
        _described[key] = SetDescription(source, encoder)
    return _described[key]


_described: dict[tuple[object, ...], SetDescription] = {}


def fit_in_worker(
    config: Submission, data: SetDataModule, *, members: int, seed: int, hardware: Hardware
) -> SetScores:
    """Train a submission on all splits of some data at once and score the sets that they ask for.

    Args:
        config: the submission.
        data: the splits; the worker is given their episodes only.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.
        hardware: limits of time and memory.

    Returns:
        The scores, of the expected shape, and the seconds that it claims.

    Raises:
        UserError: if the model refuses the data.
        WorkerError: if it fails, takes too much, ends early, or returns something else.
    """
    (batch,) = data.train_dataloader()
    question = _question(config, data)
    question.values.update(members=members, seed=seed)
    question.arrays.update(
        position=batch.position, **pack(batch.graph, name="graph"), **pack(batch.sets, name="sets")
    )
    shape = tuple(batch.sets.target.shape)
    answer = ask(
        config.code,
        question,
        job=f"{_JOBS}:fit",
        limits=Limits(
            seconds=hardware.limit_seconds,
            memory_bytes=hardware.memory.cell_bytes(accelerator="cpu"),
            file_bytes=_BYTES * batch.sets.target.numel() + _SLACK_BYTES,
        ),
    )
    return SetScores(float_array(answer, "scores", shape), **claims_of(answer, _Claims).model_dump())


def _question(config: Submission, data: SetDataModule) -> Message:
    values = {
        "config": config.model_dump(mode="json"),
        "numbers": [split.number for split in data.splits],
        "size": size_of(data.singles),
    }
    return Message(values, {})
