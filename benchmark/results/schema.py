"""The schema of a result file."""

import hashlib
import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from benchmark.scoring.intervals import bootstrap_interval, mean_of_finite
from benchmark.scoring.measured import Measured
from datamodules.splits.protocol import Mask, Setting
from lit_models.loading.config import ModelConfig

SCHEMA_VERSION = 1

Status = Literal["ok", "failed", "unsupported"]
Mark = Literal["batch-dependent", "isolated", "not isolated", "verified alone + sham"]
VERIFIED: Mark = "verified alone + sham"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(_Part):
    """One metric of a cell.

    Attributes:
        mean: mean over targets, then splits; None if no target was scored.
        low: lower end of the 95 % bootstrap interval over targets and splits.
        high: upper end of the interval.
        per_split: mean over targets, per split (``column.`` metrics: per repeat).
        per_target: mean over splits, per target name; empty if the metric is pooled over targets.
        counted: number of (split, target) pairs scored.
        left_out: number of pairs with queries that were not scored: too few queries, or equal true values.
    """

    mean: float | None
    low: float | None
    high: float | None
    per_split: list[float | None]
    per_target: dict[str, float | None]
    counted: int
    left_out: int


class Place(_Part):
    """A cell without its model: what was scored. ``mask`` is None in the inductive setting.

    >>> place = Place(dataset="taskonomy", regime="16k", label="ahp", setting="transductive", mask="1/3")
    >>> place.title
    'taskonomy 16k, ahp, transductive, 1/3 hidden'
    >>> place.short_title
    'taskonomy 16k ahp transductive 1/3'
    """

    dataset: str
    regime: str
    label: str
    setting: Setting
    mask: Mask | None

    @property
    def title(self) -> str:
        """The place in words."""
        share = f", {self.mask} hidden" if self.mask else ", a fifth of the tasks new, known→new"
        return f"{self.dataset} {self.regime}, {self.label}, {self.setting}{share}"

    @property
    def short_title(self) -> str:
        """A short form of the title for one-line output."""
        return f"{self.dataset} {self.regime} {self.label} {self.setting_words}"

    @property
    def title_in_dataset(self) -> str:
        """The place without its dataset: ``16k · ahp · transductive 1/3``."""
        return " · ".join([self.regime, self.label, self.setting_words])

    @property
    def setting_words(self) -> str:
        """The setting and, if transductive, the missing ratio: ``transductive 1/3``."""
        return f"{self.setting} {self.mask}" if self.mask else self.setting


class Data(_Part):
    """The matrix and its splits; ``split_hashes`` are in the order of ``split_numbers``."""

    unit: str
    dataset_hash: str
    split_numbers: list[int]
    split_hashes: list[str]
    query_share: float


class Model(_Part):
    """The model that was run.

    Attributes:
        config: configuration with all arguments.
        encoder: name of the encoder, ``""`` if none; all but ``profile`` pass messages over the graph.
        directed: whether the scores of (i, j) and (j, i) may differ.
        variational: whether it is a variational autoencoder.
        parameters: number of parameters that are trained.
        source_hash: hash of the code that determines its predictions.
        batched: whether the replicas were run in one call by vmap; None if nothing was run.
    """

    config: ModelConfig
    encoder: str
    directed: bool
    variational: bool
    parameters: int
    source_hash: str
    batched: bool | None


class Run(_Part):
    """How the model was trained. ``members`` is 1 for a model without trainable parameters."""

    seed: int
    members: int
    epochs: int


class Timing(_Part):
    """Everything that may differ between two runs with the same seed."""

    started: str
    fit_seconds: float
    predict_seconds: float

    @property
    def seconds(self) -> float:
        """Training and prediction time in seconds."""
        return self.fit_seconds + self.predict_seconds


class Confirmation(_Part):
    """That other code than what made the scores predicts the same, see ``affinity-bench stale --recheck``.

    Attributes:
        made_by: source hash of the code that made the scores.
        splits: numbers of the splits that code of the model's ``source_hash`` predicted again.
        largest_difference: the largest of a score or a spread, in standardised units.
    """

    made_by: str
    splits: list[int]
    largest_difference: float


class Result(_Part):
    """The result of one cell.

    Attributes:
        schema_version: version of the file format.
        protocol_version: version of splits, labels and metrics; results of different versions are never
            compared.
        fingerprint: hash of everything that determines the result; the file is stale if it differs.
        status: ``ok``, ``failed`` or ``unsupported`` (the model rejected the data of a split when it was
            built). Cells that are not applicable have no result.
        error: description of the failure; None if ok.
        place: see :class:`Place`.
        data: see :class:`Data`.
        model: see :class:`Model`.
        run: see :class:`Run`.
        metrics: metrics by name; ``spearman`` is the headline. Empty unless ok.
        versions: versions of Python and the libraries that affect numbers.
        device: device that the cell ran on.
        timing: see :class:`Timing`.
        marks: ``batch-dependent``: the model drew noise from the global generator of torch, numpy or Python,
            so that its scores depend on the other splits of the run and on the number of processes.
            ``isolated``: a submission that ran in a worker which could reach neither the matrix nor anything
            outside; ``not isolated``: on a system that cannot close a worker. ``verified alone + sham``: set
            by ``affinity-bench verify --record``.
        confirmation: see :class:`Confirmation`; None if the scores were made by the code of ``source_hash``.
        digest: see :func:`benchmark.results.digest.digest_of`; "" before the result is written.
    """

    schema_version: int
    protocol_version: int
    fingerprint: str
    status: Status
    error: str | None
    place: Place
    data: Data
    model: Model
    run: Run
    metrics: dict[str, Metric]
    versions: dict[str, str]
    device: str
    timing: Timing
    marks: list[Mark] = Field(default_factory=list)
    confirmation: Confirmation | None = None
    digest: str = ""

    @property
    def reason(self) -> str:
        """Last line of the error; the lines before it are a traceback, with local paths."""
        return last_line(self.error)


def last_line(error: str | None) -> str:
    r"""The last line of an error, "" if there is none.

    >>> last_line("Traceback\n  ...\nRuntimeError: on purpose\n")
    'RuntimeError: on purpose'
    """
    return error.strip().splitlines()[-1] if error and error.strip() else ""


def fingerprint(*parts: BaseModel, protocol_version: int) -> str:
    """Hash of everything that determines a result.

    Args:
        parts: the place, data, model configuration and run of a cell.
        protocol_version: the protocol's version.

    Returns:
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256(f"{SCHEMA_VERSION}:{protocol_version}".encode())
    for part in parts:
        digest.update(part.model_dump_json().encode())
    return digest.hexdigest()


def summarise(measured: Measured, *, task_names: tuple[str, ...]) -> Metric:
    """Summarise a metric: mean, interval, and means per split and per target.

    Args:
        measured: values of the metric on all splits.
        task_names: N names.

    Returns:
        The metric, with None in place of NaN.
    """
    values = measured.values
    interval = bootstrap_interval(values)
    counted = np.isfinite(values)
    per_target = (
        {
            name: _number(mean)
            for name, mean, counts in zip(
                task_names, mean_of_finite(values.T), np.any(counted, axis=0).tolist(), strict=True
            )
            if counts
        }
        if values.shape[1] == len(task_names)
        else {}
    )
    return Metric(
        mean=_number(interval.mean),
        low=_number(interval.low),
        high=_number(interval.high),
        per_split=[_number(mean) for mean in mean_of_finite(values)],
        per_target=per_target,
        counted=int(counted.sum()),
        left_out=measured.asked - int(counted.sum()),
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
