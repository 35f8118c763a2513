"""Training a model on all splits of some data and predicting with it, in parts where memory is short."""

import platform
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytorch_lightning as pl
import torch

from benchmark.isolation.fit_submission import fit_submission
from benchmark.isolation.submission import Submission
from benchmark.progress.epochs import EpochProgress
from benchmark.results.schema import Run
from benchmark.results.score_tables import CurveLosses, curve_losses
from benchmark.running.distributed import gather, rank_and_world
from benchmark.running.fit_model import fit_model
from benchmark.running.memory.chunks import Chunk
from benchmark.running.memory.plan import MemoryPlan
from benchmark.running.memory.release import release_memory
from benchmark.running.trainer import Hardware
from benchmark.scoring.evaluator import Evaluator
from lit_models.loading.config import ModelConfig
from lit_models.training.lit_recovery import Prediction

# Called before each part of a cell with its number, from 1, and the number of parts.
PartBegins = Callable[[int, int], None]


class Fit(NamedTuple):
    """What is left of a part's training once its predictions are with the evaluator.

    Attributes:
        curve: losses at every validation check.
        is_batched: whether vmap accepted the model; None if nothing was run.
        is_batch_dependent: whether the model drew from a shared generator.
        device: what it ran on.
        fit_seconds: time of training in seconds.
        predict_seconds: time of prediction in seconds.
    """

    curve: list[CurveLosses]
    is_batched: bool | None
    is_batch_dependent: bool
    device: str
    fit_seconds: float
    predict_seconds: float


def fit_and_predict(
    config: ModelConfig,
    evaluator: Evaluator,
    *,
    plan: MemoryPlan,
    run: Run,
    hardware: Hardware,
    callbacks: Sequence[pl.Callback] = (),
    part_begins: PartBegins | None = None,
) -> list[Fit]:
    """Train a model and predict all splits of the evaluator's data: a submission in workers, others here.

    Args:
        config: the model.
        evaluator: has the data, and receives the predictions.
        plan: the parts.
        run: seed, members and epochs.
        hardware: hardware to run on.
        callbacks: additional callbacks for the trainer; of a submission's, only those that show epochs.
        part_begins: called before each part, of several.

    Returns:
        One entry per part.
    """
    fits: list[Fit] = []
    for number, chunk in enumerate(plan.chunks, start=1):
        if part_begins is not None and len(plan.chunks) > 1:
            part_begins(number, len(plan.chunks))
        evaluator.expect(chunk)
        rest = (evaluator, chunk, run, hardware, callbacks)
        fits.append(
            _in_worker(config, *rest) if isinstance(config, Submission) else _in_this_process(config, *rest)
        )
        if plan.peak_bytes:
            release_memory()
    return fits


def _in_this_process(
    config: ModelConfig,
    evaluator: Evaluator,
    chunk: Chunk,
    run: Run,
    hardware: Hardware,
    callbacks: Sequence[pl.Callback],
) -> Fit:
    part = evaluator.datamodule.part(chunk.positions)
    module, trainer, fit_seconds = fit_model(
        config,
        part,
        members=chunk.members,
        first_member=chunk.first_member,
        seed=run.seed,
        epochs=run.epochs,
        hardware=hardware,
        callbacks=[evaluator, *callbacks],
    )
    fitted = time.perf_counter()
    trainer.predict(module, datamodule=part, return_predictions=False)
    numbers = [split.number for split in part.splits]
    return Fit(
        curve=[losses for own in gather(module.curve) for losses in curve_losses(own, numbers=numbers)],
        is_batched=module.is_batched,
        is_batch_dependent=module.is_batch_dependent,
        device=_device_name(trainer.strategy.root_device),
        fit_seconds=fit_seconds,
        predict_seconds=time.perf_counter() - fitted,
    )


def _in_worker(
    config: Submission,
    evaluator: Evaluator,
    chunk: Chunk,
    run: Run,
    hardware: Hardware,
    callbacks: Sequence[pl.Callback],
) -> Fit:
    """Replicas share nothing, so that each process of a distributed run has a worker of its own."""
    rank, world = rank_and_world()
    places = range(len(chunk.positions))[rank::world]
    part = evaluator.datamodule.part([chunk.positions[place] for place in places])

    def show(done: int, total: int) -> None:
        for callback in callbacks:
            if isinstance(callback, EpochProgress):
                callback.show_epoch(done, total)

    fit = fit_submission(
        config,
        part,
        members=chunk.members,
        first_member=chunk.first_member,
        seed=run.seed,
        epochs=run.epochs,
        accelerator=hardware.accelerator,
        limit_seconds=hardware.limit_seconds,
        memory_bytes=hardware.memory.cell_bytes(accelerator="cpu"),
        progress=show,
    )
    evaluator.collect(Prediction(torch.tensor(places), fit.prediction.scores))
    evaluator.exchange()
    numbers = [split.number for split in part.splits]
    own_curve = curve_losses(fit.curve, numbers=numbers)
    on_gpu = hardware.accelerator != "cpu" and torch.cuda.is_available()
    return Fit(
        curve=[losses for own in gather(own_curve) for losses in own],
        is_batched=fit.is_batched,
        is_batch_dependent=fit.is_batch_dependent,
        device=_device_name(torch.device("cuda" if on_gpu else "cpu")),
        fit_seconds=fit.fit_seconds,
        predict_seconds=fit.predict_seconds,
    )


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type} ({platform.machine()})"
