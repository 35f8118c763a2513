"""Running the fidelity track on a cheap and a dear matrix."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from benchmark.metrics.correlation import per_target_spearman
from benchmark.metrics.regret import per_target_regret
from benchmark.running.cell import library_versions
from benchmark.running.trainer import use_threads_for
from datamodules.affinity_table import AffinityTable
from datamodules.matrix_types import FloatMatrix
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory
from recovery.candidates import best, try_models
from recovery.predictions import predict
from recovery.tracks.fidelity.matrices import CheapAndDear
from recovery.tracks.fidelity.models import CHOICES, config_of
from recovery.tracks.fidelity.result import FidelityResult, FidelitySubject, ShareScores
from recovery.tracks.fidelity.starts import SHARES, STARTS, TRACK_VERSION, Start, starts
from recovery.tracks.recovery_hash import recovery_hash


def make_subject(matrices: CheapAndDear, model: str, *, count: int = STARTS) -> FidelitySubject:
    """Name what is scored on what.

    Args:
        matrices: a cheap and a dear matrix.
        model: name of a model, or of a choice among several.
        count: number of starts.

    Returns:
        The subject.

    Raises:
        UserError: for an unknown model.
    """
    table = matrices.read()
    parts = [_source_hash(part, len(table.task_names)) for part in CHOICES.get(model, (model,))]
    return FidelitySubject(
        track_version=TRACK_VERSION,
        dataset=matrices.dataset,
        matrices=matrices.name,
        dataset_hash=table.hash,
        model=model,
        source_hash=parts[0] if len(parts) == 1 else hashlib.sha256("".join(parts).encode()).hexdigest(),
        recovery_hash=recovery_hash(__name__),
        starts=count,
    )


def run_matrices(
    matrices: CheapAndDear,
    subjects: Sequence[FidelitySubject],
    *,
    development: bool = False,
    on_start: Callable[[], None] = lambda: None,
) -> list[FidelityResult]:
    """Score models on every start; all of them see the same starts.

    Args:
        matrices: a cheap and a dear matrix.
        subjects: what to score on them, all with the same number of starts.
        development: on other starts, for choices of design.
        on_start: called after each start at each share.

    Returns:
        A result per subject.
    """
    table = matrices.read()
    use_threads_for(len(table.task_names))
    names = [subject.model for subject in subjects]
    scores: dict[str, dict[str, list[_Row]]] = {name: {share: [] for share in SHARES} for name in names}
    chosen: dict[str, dict[str, Counter[str]]] = {
        name: {share: Counter() for share in SHARES} for name in names if name in CHOICES
    }
    for start in starts(table, count=subjects[0].starts, development=development):
        predicted, picked = _predict(start, names)
        for name in names:
            scores[name][start.share].append(_score(predicted[name], table, start))
        for name, model in picked.items():
            chosen[name][start.share][model] += 1
        on_start()
    versions = library_versions()
    taken = {
        name: {share: dict(sorted(counts.items())) for share, counts in of_share.items()}
        for name, of_share in chosen.items()
    }
    return [
        FidelityResult(
            subject=subject,
            targets=list(table.task_names),
            shares={
                share: ShareScores(spearman=[row[0] for row in rows], regret=[row[1] for row in rows])
                for share, rows in scores[subject.model].items()
            },
            chosen=taken.get(subject.model, {}),
            versions=versions,
        )
        for subject in subjects
    ]


_Row = tuple[list[float | None], list[float | None]]


def _source_hash(model: str, tasks: int) -> str:
    return source_hash(model_factory(config_of(model))(tasks, 1))


def _predict(start: Start, names: Sequence[str]) -> tuple[Mapping[str, FloatMatrix], Mapping[str, str]]:
    """Predictions by model, [N, N] each, and what each choice among several took."""
    choices = {name: CHOICES[name] for name in names if name in CHOICES}
    tried = {
        candidate.expected.model: candidate
        for candidate in try_models(
            list(dict.fromkeys(part for parts in choices.values() for part in parts)),
            start.table,
            start.known,
            seed=start.number,
        )
    }
    picked = {name: best([tried[part] for part in parts]).expected.model for name, parts in choices.items()}
    predicted = {name: tried[model].cv.mean for name, model in picked.items()}
    for name in names:
        if name in tried:
            predicted[name] = tried[name].cv.mean
        elif name not in choices:
            (predicted[name],) = predict(
                config_of(name), start.table, [start.known], seed=start.number
            ).mean()
    return predicted, picked


def _score(predicted: FloatMatrix, whole: AffinityTable, start: Start) -> _Row:
    """Spearman and regret@1 of each target's hidden transfers."""
    value, eligible = whole.value, whole.eligible
    truth, query = torch.from_numpy(np.where(eligible, value, 0.0)), torch.from_numpy(start.query)
    span = np.where(eligible, value, -np.inf).max(0) - np.where(eligible, value, np.inf).min(0)
    span = torch.from_numpy(np.where(np.isfinite(span) & (span > 0), span, 1.0))
    scores = torch.from_numpy(predicted)
    return (
        _known(per_target_spearman(scores, truth, query)),
        _known(per_target_regret(scores, truth, query, 1, span)),
    )


def _known(values: torch.Tensor) -> list[float | None]:
    """Rounded, None for NaN."""
    return [None if value != value else round(value, 5) for value in values.tolist()]
