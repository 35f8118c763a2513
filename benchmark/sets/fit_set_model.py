"""From a set model's configuration to scores: a shipped one is run here, a submission in a worker."""

from collections.abc import Sequence

from benchmark.isolation.submission import Submission
from benchmark.running.trainer import Hardware
from benchmark.sets.submission import describe_in_worker, fit_in_worker
from benchmark.sets.train_set_model import (
    HARDWARE,
    MEMBERS,
    SEED,
    SetDescription,
    SetScores,
    describe_module,
    make_module,
    train_set_model,
)
from datamodules.sets.datamodule import SetDataModule
from datamodules.sets.protocol import SetSplit
from datamodules.sets.task_sets import TaskSets
from lit_models.loading.config import ModelConfig


def fit_set_model(
    config: ModelConfig,
    sets: TaskSets,
    splits: Sequence[SetSplit],
    *,
    members: int = MEMBERS,
    seed: int = SEED,
    hardware: Hardware = HARDWARE,
) -> SetScores:
    """Train a model on all splits at once and score the sets that they ask for.

    Args:
        config: the model.
        sets: the measured sets.
        splits: which are known.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.
        hardware: limits of a submission's time and memory.

    Returns:
        The scores, and the seconds that it took.

    Raises:
        UserError: if the table lacks the task embeddings or pair features that the model needs.
        WorkerError: if a submission fails, takes too much, ends early, or returns something else.
    """
    data = set_data(config, sets, splits)
    if isinstance(config, Submission):
        return fit_in_worker(config, data, members=members, seed=seed, hardware=hardware)
    return train_set_model(config, data, members=members, seed=seed)


def describe_set_model(config: ModelConfig, sets: TaskSets, splits: Sequence[SetSplit]) -> SetDescription:
    """What a result says of a model beside its scores.

    Raises:
        UserError: if the model cannot be built for the data.
        WorkerError: if a submission fails.
    """
    data = set_data(config, sets, splits[:1])
    if isinstance(config, Submission):
        return describe_in_worker(config, data)
    return describe_module(make_module(config, data))


def set_data(config: ModelConfig, sets: TaskSets, splits: Sequence[SetSplit]) -> SetDataModule:
    """The datamodule of some splits for a model's configuration.

    Raises:
        UserError: if the table lacks the task embeddings or pair features that the model needs.
    """
    return SetDataModule(sets=sets, splits=splits, z=config.z, scale=config.scale, pairs=config.pairs)
