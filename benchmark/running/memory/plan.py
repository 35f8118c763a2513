"""The memory plan of a cell: chunks that fit its budget, and an estimate of memory and time."""

from dataclasses import dataclass
from datetime import timedelta

import torch

from benchmark.isolation.submission import Submission
from benchmark.running.memory.budget import in_words
from benchmark.running.memory.chunks import Chunk, make_chunks
from benchmark.running.memory.probe import Probe
from benchmark.running.trainer import Hardware
from datamodules.base import AffinityDataModule
from datamodules.errors import UserError
from lit_models.loading.config import ModelConfig

# Python with all libraries, once a model was trained. This and the figures below are measured, with some
# room, by tests/speed/memory.py.
PROCESS_BYTES = 576 * 2**20
# The masks of the splits and the predictions of each member, in [S, N, N] float64 arrays.
MASK_ARRAYS = 3
# What scoring and the table of scores hold beside them at their peak.
SCORING_ARRAYS = 36
# A replica of a shipped model takes far less than this many [N, N] float64 arrays; where so many of all
# replicas fit, nothing needs to be measured.
ARRAYS_OF_ANY_REPLICA = 1500


@dataclass(frozen=True, kw_only=True)
class MemoryPlan:
    """How a cell's replicas run.

    Attributes:
        chunks: the parts, one after another.
        peak_bytes: estimate of the most memory that a process of the cell takes at a time, Python and
            libraries included; 0 where the cell is so small that nothing was measured.
        seconds: estimate of the time of training and predicting if no replica stops early; 0 likewise.
    """

    chunks: tuple[Chunk, ...]
    peak_bytes: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line for the user."""
        time_left = timedelta(seconds=round(self.seconds))
        parts = f"{len(self.chunks)} parts" if len(self.chunks) > 1 else "one part"
        return f"{parts}, about {in_words(self.peak_bytes)}, at most about {time_left}"


def needs_measuring(*, num_tasks: int, splits: int, members: int, hardware: Hardware) -> bool:
    """Whether the cell could be too large for its budget, whatever its model.

    Args:
        num_tasks: N.
        splits: number of splits.
        members: copies of each.
        hardware: hardware of the cell, with its budget.
    """
    everything = splits * members * ARRAYS_OF_ANY_REPLICA * _array_bytes(num_tasks)
    return everything > _process_budget(hardware) - PROCESS_BYTES


def plan_memory(
    config: ModelConfig, data: AffinityDataModule, *, members: int, epochs: int, seed: int, hardware: Hardware
) -> MemoryPlan:
    """Divide a cell's replicas into chunks that fit its budget.

    The chunks depend on the cell, the budget and the number of processes only, so that a run can be repeated.

    Args:
        config: the model.
        data: datamodule of the cell.
        members: copies of each split.
        epochs: maximum number of training steps; 0 for a model that is not trained.
        seed: seed of initial weights and noise.
        hardware: hardware of the cell, with its budget.

    Returns:
        The plan.

    Raises:
        UserError: if not even one replica fits.
    """
    num_tasks, splits = len(data.table.task_names), len(data.splits)
    everything = (Chunk(tuple(range(splits)), 0, members),)
    if not needs_measuring(num_tasks=num_tasks, splits=splits, members=members, hardware=hardware):
        return MemoryPlan(chunks=everything)
    if isinstance(config, Submission):  # its code is not run here: assume that a replica takes as much
        most = _process_budget(hardware) // (ARRAYS_OF_ANY_REPLICA * _array_bytes(num_tasks))
        parts = make_chunks(
            splits=splits, members=members, at_once=max(1, most), processes=hardware.processes
        )
        return MemoryPlan(chunks=tuple(parts) or everything)
    device = "cuda" if hardware.accelerator != "cpu" and torch.cuda.is_available() else "cpu"
    probe = Probe(config, data, seed=seed, device=device)
    try:
        replica_bytes, seconds = probe.replica_bytes()
    except Exception:  # of the model: the cell will fail with the same error and record it
        return MemoryPlan(chunks=everything)
    kept, scoring = _kept_bytes(data, members) if device == "cpu" else (0, 0)
    budget = _process_budget(hardware)
    at_once = max(0, budget - kept) // replica_bytes
    chunks = make_chunks(splits=splits, members=members, at_once=at_once, processes=hardware.processes)
    if not chunks or kept + scoring > budget:
        share = -(-splits // max(1, splits // hardware.processes))
        least = kept + max(scoring, replica_bytes * share)
        raise UserError(
            f"{config.name} on {data.table.name} needs at least {in_words(least)} in every process: "
            f"{in_words(replica_bytes)} for one replica of {num_tasks} tasks, {in_words(kept)} for Python, "
            f"its libraries and the predictions of {splits} splits × {members} members, and "
            f"{in_words(scoring)} to score them; the budget is {in_words(budget)}: give more memory "
            "(MEMORY=, --memory), run fewer cells at a time (WORKERS=, --workers), or fewer splits or members"
        )
    sizes = [-(-len(chunk.positions) // hardware.processes) * chunk.members for chunk in chunks]
    several = min(members, at_once)
    if several > 1:  # replicas take far less together than one after another
        seconds = probe.seconds(members=several)
    return MemoryPlan(
        chunks=tuple(chunks),
        peak_bytes=kept + max(scoring, max(sizes) * replica_bytes),
        seconds=sum(sizes) / several * seconds.of_run(epochs),
    )


def _kept_bytes(data: AffinityDataModule, members: int) -> tuple[int, int]:
    """What a process holds beside a chunk, and what scoring takes once all chunks are done."""
    arrays = len(data.splits) * _array_bytes(len(data.table.task_names))
    predictions = members * len(data.splits) * 8 * data.table.value[data.area].size
    return PROCESS_BYTES + predictions + MASK_ARRAYS * arrays, SCORING_ARRAYS * arrays


def _process_budget(hardware: Hardware) -> int:
    """Devices are processes on one machine, with a GPU each or with the machine's memory in common."""
    cell = hardware.memory.cell_bytes(accelerator=hardware.accelerator)
    return cell // hardware.devices if hardware.accelerator == "cpu" else cell


def _array_bytes(num_tasks: int) -> int:
    return 8 * num_tasks**2
