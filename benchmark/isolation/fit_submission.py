"""Training a submission and predicting with it, in a worker that is given episodes and returns arrays."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from benchmark.isolation.answer import claims_of, float_array
from benchmark.isolation.confine import Limits
from benchmark.isolation.exchange import Message, pack_episodes
from benchmark.isolation.submission import Submission, size_of
from benchmark.isolation.worker import WorkerError, ask
from benchmark.running.trainer import CHECK_EVERY_EPOCHS
from datamodules.base import AffinityDataModule
from lit_models.training.lit_recovery import CurvePoint, Prediction

_BYTES = 8  # of a float64
_SLACK_BYTES = 2**22


class SubmissionFit(NamedTuple):
    """What a worker returned.

    Attributes:
        prediction: scores [S, K, N, N] float64 of the datamodule's S splits.
        curve: losses at every validation check.
        is_batched: whether vmap accepted the model; None if nothing was run.
        is_batch_dependent: whether it drew from a shared generator.
        fit_seconds: time of training in seconds, as claimed.
        predict_seconds: time of prediction in seconds, as claimed.
    """

    prediction: Prediction
    curve: list[CurvePoint]
    is_batched: bool | None
    is_batch_dependent: bool
    fit_seconds: float
    predict_seconds: float


class _Claims(BaseModel):
    """The plain values of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    is_batched: bool | None
    is_batch_dependent: bool
    fit_seconds: float = Field(ge=0)
    predict_seconds: float = Field(ge=0)


def fit_submission(
    config: Submission,
    data: AffinityDataModule,
    *,
    members: int,
    first_member: int,
    seed: int,
    epochs: int,
    accelerator: str,
    limit_seconds: float,
    memory_bytes: int,
    progress: Callable[[int, int], None],
) -> SubmissionFit:
    """Train a submission on all splits of its data at once, and predict.

    Args:
        config: the submission.
        data: datamodule of the matrix; the worker is given its episodes only.
        members: number of independently initialised copies per split.
        first_member: number of the first of them.
        seed: seed of initial weights and noise.
        epochs: maximum number of training steps.
        accelerator: Lightning's name.
        limit_seconds: time limit.
        memory_bytes: memory limit on the CPU.
        progress: told of the epochs trained so far, and of their largest number.

    Returns:
        Scores and curve, of the expected shapes.

    Raises:
        UserError: if the model refuses the data.
        WorkerError: if it fails, takes too much, ends early, or returns something else.
    """
    (fit,) = data.train_dataloader()
    (predict,) = data.predict_dataloader()
    splits, size = predict.graph.affinity.shape[:2]
    shape = (splits, members, size, size)
    checks = epochs // min(CHECK_EVERY_EPOCHS, epochs)
    numbers = 2 * checks * splits * members
    question = Message(
        {
            "config": config.model_dump(mode="json"),
            "numbers": [split.number for split in data.splits],
            "size": size_of(data),
            "members": members,
            "first_member": first_member,
            "seed": seed,
            "epochs": epochs,
            "accelerator": accelerator,
        },
        {**pack_episodes(fit, name="fit"), **pack_episodes(predict, name="predict")},
    )
    on_cpu = accelerator == "cpu"
    answer = ask(
        config.code,
        question,
        job="benchmark.isolation.model_jobs:fit",
        limits=Limits(
            seconds=limit_seconds,
            memory_bytes=memory_bytes if on_cpu else None,
            file_bytes=_BYTES * (math.prod(shape) + numbers) + _SLACK_BYTES,
        ),
        accelerator=not on_cpu,
        progress=progress,
    )
    claims = claims_of(answer, _Claims)
    scores = float_array(answer, "scores", shape)
    return SubmissionFit(
        Prediction(predict.position, scores),
        _curve(answer, predict.position, (checks, splits, members)),
        **claims.model_dump(),
    )


def _curve(answer: Message, position: Tensor, most: tuple[int, int, int]) -> list[CurvePoint]:
    if "epoch" not in answer.arrays:
        return []
    epochs = answer.arrays["epoch"]
    checks = min(len(epochs.flatten()), most[0])
    shape = (checks, *most[1:])
    losses = (float_array(answer, name, shape) for name in ("train_loss", "validation_loss"))
    if epochs.shape != (checks,) or epochs.dtype != torch.int64:
        raise WorkerError(f"the worker returned epochs of shape {list(epochs.shape)}, {epochs.dtype}")
    return [
        CurvePoint(epoch, position, train, validation)
        for epoch, train, validation in zip(epochs.tolist(), *losses, strict=True)
    ]
