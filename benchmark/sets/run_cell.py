"""Running one model in one cell of the sets track."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmark.isolation.submission import Submission
from benchmark.isolation.worker import isolation_mark
from benchmark.results.schema import Metric, summarise
from benchmark.running.cell import library_versions
from benchmark.running.trainer import Hardware
from benchmark.scoring.measured import Measured
from benchmark.sets.fit_set_model import describe_set_model, fit_set_model
from benchmark.sets.result import Choice, SetCell, SetResult, cell_title
from benchmark.sets.set_metrics import chosen_sets, score_sets
from benchmark.sets.train_set_model import HARDWARE, MEMBERS, SEED
from datamodules.sets.protocol import TRACK_VERSION, KnownPairs, SetSetting, SetSplit, make_set_splits
from datamodules.sets.task_sets import TaskSets
from lit_models.loading.config import ModelConfig


class SetTask(NamedTuple):
    """One cell of the track, without its model.

    Attributes:
        sets: the measured sets.
        setting: which of them are known and asked for.
        pairs: the single transfers that are known.
        splits: all splits of the setting.
    """

    sets: TaskSets
    setting: SetSetting
    pairs: KnownPairs
    splits: list[SetSplit]

    @property
    def title(self) -> str:
        """The cell in words."""
        table = self.sets.table
        return cell_title(table.name, table.regime, table.label, self.setting, self.pairs)


def make_task(sets: TaskSets, setting: SetSetting, pairs: KnownPairs) -> SetTask:
    """Make a cell with the track's splits.

    Raises:
        UserError: if the table does not have the setting.
    """
    return SetTask(sets, setting, pairs, make_set_splits(sets, setting=setting, pairs=pairs))


def make_cell(task: SetTask, config: ModelConfig) -> SetCell:
    """Name what is scored on what.

    Raises:
        UserError: if the model cannot be built for the data.
        WorkerError: if a submission fails.
    """
    table = task.sets.table
    return SetCell(
        track_version=TRACK_VERSION,
        dataset=table.name,
        regime=table.regime,
        label=table.label,
        setting=task.setting,
        pairs=task.pairs,
        sets_hash=task.sets.hash,
        splits_hash=hashlib.sha256("".join(split.hash for split in task.splits).encode()).hexdigest(),
        model=ModelConfig(**config.model_dump()),  # without where the code of a submission lies
        source_hash=describe_set_model(config, task.sets, task.splits).source_hash,
        members=MEMBERS,
        seed=SEED,
    )


def run_cell(task: SetTask, config: ModelConfig, *, hardware: Hardware = HARDWARE) -> SetResult:
    """Fit a model on all splits and score it.

    Args:
        task: the cell.
        config: the model; a submission runs in a worker.
        hardware: limits of a submission's time and memory.

    Raises:
        UserError: if the model cannot be built for the data.
        WorkerError: if a submission fails, takes too much, ends early, or returns something else.
        ValueError: if a score is not finite.
    """
    cell = make_cell(task, config)
    fitted = fit_set_model(
        config, task.sets, task.splits, members=cell.members, seed=cell.seed, hardware=hardware
    )
    scores = fitted.scores.numpy()
    return SetResult(
        cell=cell,
        encoder=describe_set_model(config, task.sets, task.splits).encoder,
        test_share=float(np.mean([split.query.mean() for split in task.splits])),
        metrics=metrics_of(scores, task.sets, task.splits),
        choices=choices_of(scores[0], task.sets, task.splits[0]),
        fit_cpu_seconds=fitted.fit_cpu_seconds,
        predict_cpu_seconds=fitted.predict_cpu_seconds,
        versions=library_versions(),
        marks=[isolation_mark()] if isinstance(config, Submission) else [],
    )


def metrics_of(scores: NDArray[np.float64], sets: TaskSets, splits: Sequence[SetSplit]) -> dict[str, Metric]:
    """Metrics of a model with intervals over targets and splits.

    Args:
        scores: [S, M] float64.
        sets: the measured sets.
        splits: S splits.

    Returns:
        By name.
    """
    asked = sum(len(np.unique(sets.target[split.query])) for split in splits)
    return {
        name: summarise(Measured(values, asked), task_names=sets.table.task_names)
        for name, values in score_sets(scores, sets, splits).items()
    }


def choices_of(scores: NDArray[np.float64], sets: TaskSets, split: SetSplit) -> list[Choice]:
    """What a model chooses for each target, beside the best hidden set.

    Args:
        scores: [M] float64.
        sets: the measured sets.
        split: says which sets are hidden.

    Returns:
        A choice per target with a hidden set, in the table's order.
    """
    chosen, best = chosen_sets(scores, sets, split), chosen_sets(sets.value, sets, split)
    choices = []
    for target in np.flatnonzero(chosen >= 0):
        hidden = split.query & (sets.target == target)
        first, truly = int(chosen[target]), int(best[target])
        choices.append(
            Choice(
                target=sets.table.task_names[target],
                sources=sets.names(first),
                true_rank=1 + int((sets.value[hidden] > sets.value[first]).sum()),
                best=sets.names(truly),
                predicted_rank=1 + int((scores[hidden] > scores[truly]).sum()),
                hidden=int(hidden.sum()),
            )
        )
    return choices
