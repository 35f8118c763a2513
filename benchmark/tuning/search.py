"""Resumable hyper-parameter search with Optuna."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import optuna
from filelock import FileLock, Timeout
from optuna.trial import FrozenTrial, TrialState
from pydantic import BaseModel
from sqlalchemy.exc import DatabaseError

from benchmark.results.schema import fingerprint
from benchmark.tuning.objective import HeldBack
from benchmark.tuning.search_space import Space, Value, own_values, with_values
from datamodules.errors import UserError
from datamodules.splits.protocol import PROTOCOL_VERSION
from lit_models.loading.config import ModelConfig

Scorer = Callable[[ModelConfig], Mapping[str, float]]


class Attempt(NamedTuple):
    """A finished trial.

    Attributes:
        number: from 0, the trial with the model's current values.
        values: hyper-parameters by dotted name.
        scores: scores by dataset, higher = better; empty if the trial failed.
        error: description of the failure; "" if there was none.
        seconds: duration of the trial in seconds.
    """

    number: int
    values: dict[str, Value]
    scores: dict[str, float]
    error: str
    seconds: float

    @property
    def score(self) -> float:
        """Mean over datasets; −∞ if it failed."""
        return float(np.mean(list(self.scores.values()))) if self.scores else -np.inf


def search(
    scorer: Scorer,
    config: ModelConfig,
    space: Space,
    *,
    trials: int,
    seed: int,
    storage: Path,
    name: str,
) -> Iterator[Attempt]:
    """Run trials until the given number has finished, including those of earlier runs.

    The first trial has the model's current values; the others are drawn by a tree-structured Parzen estimator
    (Bergstra et al., NIPS 2011). A draw depends only on the seed and the finished trials, so that an
    interrupted search resumes as if it had not been interrupted; the unfinished trial is repeated.

    Args:
        scorer: returns the scores of a configuration by dataset.
        config: the model.
        space: the search space.
        trials: total number of finished trials. Configurations that the model rejects or that cannot be
            scored count too, with the lowest score.
        seed: seed of the draws.
        storage: SQLite file for the trials, used by one process at a time; created if missing.
        name: name of the search in the file; see :func:`search_name`.

    Yields:
        Every trial when it finishes, those of earlier runs first.

    Raises:
        UserError: if another process uses the file, or it is not an Optuna storage.
    """
    with _study(storage, name) as study:
        earlier = _finished(study)[:trials]
        yield from (_attempt(number, trial) for number, trial in enumerate(earlier))
        for number in range(len(earlier), trials):
            stream = np.random.SeedSequence([seed, number]).generate_state(1)
            study.sampler = optuna.samplers.TPESampler(seed=int(stream[0]))
            if number == 0 and not study.get_trials(states=(TrialState.WAITING,)):
                study.enqueue_trial(own_values(config, space))
            trial = study.ask(space.distributions())
            try:
                scores = scorer(with_values(config, trial.params))
            except Exception as error:
                if number == 0:
                    raise  # the model does not run with its current values: there is nothing to search
                trial.set_user_attr("error", f"{type(error).__name__}: {error}".partition("\n")[0])
                # Pruned, not failed: Optuna's sampler learns from pruned trials and ignores failed ones.
                study.tell(trial, state=TrialState.PRUNED)
            else:
                trial.set_user_attr("scores", dict(scores))
                study.tell(trial, float(np.mean(list(scores.values()))))
            yield _attempt(number, _finished(study)[number])


def search_name(config: ModelConfig, space: Space, scorer: HeldBack) -> str:
    """Name of a search, unique to everything that determines its trials.

    Args:
        config: the model.
        space: the search space.
        scorer: the objective.

    Returns:
        The model's name and a hash of its arguments and code, the space, matrices, splits, members and seed.
    """
    decisive = _Decisive(
        config=config,
        space=space,
        source_hash=scorer.source_hash,
        dataset_hashes=[each.table.hash for each in scorer.datamodules.values()],
        split_hashes=[split.hash for each in scorer.datamodules.values() for split in each.splits],
        members=scorer.members,
        seed=scorer.seed,
    )
    return f"{config.name} {fingerprint(decisive, protocol_version=PROTOCOL_VERSION)}"


class _Decisive(BaseModel):
    config: ModelConfig
    space: Space
    source_hash: str
    dataset_hashes: list[str]
    split_hashes: list[str]
    members: int
    seed: int


@contextmanager
def _study(storage: Path, name: str) -> Iterator[optuna.Study]:
    """Open the study; trials that were running when an earlier process ended are marked as failed."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage.parent.mkdir(parents=True, exist_ok=True)
    try:
        # The lock is released however its process ends, so trials still marked as running are orphaned.
        with FileLock(f"{storage}.lock", timeout=0):
            database = optuna.storages.RDBStorage(f"sqlite:///{storage}")
            try:
                study = optuna.create_study(
                    storage=database, study_name=name, direction="maximize", load_if_exists=True
                )
                for trial in study.get_trials(states=(TrialState.RUNNING,)):
                    study.tell(trial.number, state=TrialState.FAIL)
                yield study
            finally:
                database.remove_session()
                database.engine.dispose()
    except Timeout as error:
        raise UserError(
            f"another process uses '{storage}': wait for it, or choose another file with --storage"
        ) from error
    except DatabaseError as error:
        raise UserError(f"'{storage}' is not a file of earlier searches: {error.orig}") from error


def _finished(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED))


def _attempt(number: int, trial: FrozenTrial) -> Attempt:
    return Attempt(
        number=number,
        values=trial.params,
        scores=trial.user_attrs.get("scores", {}),
        error=trial.user_attrs.get("error", ""),
        seconds=trial.duration.total_seconds() if trial.duration else 0.0,
    )
