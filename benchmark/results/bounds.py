"""What a result file may say: bounded numbers and lengths, printable names, fields that fit each other."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from benchmark.results.schema import SCHEMA_VERSION, Result
from benchmark.scoring.measured import HEADLINE
from datamodules.registry import MAX_NAME
from datamodules.splits.protocol import PROTOCOL_VERSION

MAX_ERROR = 100_000
MAX_SPLITS = 1_000
MAX_MEMBERS = 10_000
MAX_TARGETS = 20_000
MAX_INTEGER = 2**53  # what JSON readers in browsers keep
MAX_ARGUMENTS = 2_000  # values in a model's configuration
MAX_METRICS = 200
MAX_SECONDS = 1e10
ROUNDING = 1e-9


def implausible(result: Result) -> str | None:
    """The first thing in a result that no run of this version writes.

    Args:
        result: a result that matches the schema.

    Returns:
        What is wrong, in words; None if nothing is.
    """
    return next(_problems(result), None)


def _problems(result: Result) -> Iterator[str]:
    if result.schema_version != SCHEMA_VERSION:
        yield f"schema_version {result.schema_version}, not {SCHEMA_VERSION}: run the cell again"
    if not 1 <= result.protocol_version <= PROTOCOL_VERSION:
        yield f"protocol_version is out of range: {result.protocol_version}, and this is {PROTOCOL_VERSION}"
    yield from _names(result)
    yield from _numbers(result)
    if result.status == "ok" and (result.error is not None or HEADLINE not in result.metrics):
        yield f"status: ok, but it has an error or no {HEADLINE}"
    if result.status != "ok" and (not (result.error or "").strip() or result.metrics):
        yield f"status: {result.status}, but it has no error or has metrics"
    if (result.place.mask is None) != (result.place.setting == "inductive"):
        yield f"place.mask: {result.place.mask} in the {result.place.setting} setting"
    data = result.data
    if not 1 <= len(data.split_numbers) == len(data.split_hashes) <= MAX_SPLITS:
        yield "data: the numbers of splits and their hashes do not match, or are too many"
    if len(set(data.split_numbers)) < len(data.split_numbers) or not all(
        0 <= number < MAX_SPLITS for number in data.split_numbers
    ):
        yield "data.split_numbers: out of range, or twice"
    yield from _metrics(result)
    try:
        datetime.fromisoformat(result.timing.started)
    except ValueError:
        yield "timing.started: not a date"


def _names(result: Result) -> Iterator[str]:
    """Texts that are shown on boards."""
    place, config = result.place, result.model.config
    names = {
        "place.dataset": place.dataset,
        "place.regime": place.regime,
        "place.label": place.label,
        "data.unit": result.data.unit,
        "model.config.name": config.name,
        "model.config.class_path": config.class_path,
        "model.encoder": result.model.encoder,
        "device": result.device or "none",
        "fingerprint": result.fingerprint,
        "timing.started": result.timing.started,
    }
    hashes = [result.data.dataset_hash, result.model.source_hash, result.digest, *result.data.split_hashes]
    others = [*result.metrics, *result.versions, *result.versions.values(), *hashes]
    for where, name in names.items():
        if not name.strip() and where != "model.encoder":
            yield f"{where}: empty"
        if len(name) > MAX_NAME or not name.isprintable():
            yield f"{where}: too long, or with characters that cannot be printed"
    if not config.name.isascii():
        yield "model.config.name: not ASCII, so that it may look like another one"
    if len(result.versions) > MAX_METRICS or not all(
        len(name) <= MAX_NAME and name.isprintable() for name in others
    ):
        yield "a hash, a version or the name of a metric is too long, or cannot be printed"
    if len(result.error or "") > MAX_ERROR:
        yield f"error: more than {MAX_ERROR:,} characters"
    if not _are_texts_plain(config.model_dump()):
        yield f"model.config: more than {MAX_ARGUMENTS:,} values, too long a text or number, or NaN"


def _numbers(result: Result) -> Iterator[str]:
    run, timing, training = result.run, result.timing, result.model.config.training
    for where, number, most in (
        ("run.members", run.members, MAX_MEMBERS),
        ("run.epochs", run.epochs, MAX_INTEGER),
        ("model.config.training.epochs", training.epochs, MAX_INTEGER),
    ):
        if not 1 <= number <= most:
            yield f"{where}: {number} is out of range"
    if not (0 <= run.seed < 2**64 and 0 <= result.model.parameters <= MAX_INTEGER):
        yield "run.seed or model.parameters is out of range"
    if not all(0 <= each <= MAX_SECONDS for each in (timing.fit_seconds, timing.predict_seconds)):
        yield "timing: seconds are out of range"
    if not 0 <= result.data.query_share <= 1:
        yield "data.query_share: not between 0 and 1"


def _metrics(result: Result) -> Iterator[str]:
    if len(result.metrics) > MAX_METRICS:
        yield f"metrics: more than {MAX_METRICS}"
    for name, metric in result.metrics.items():
        numbers = [metric.mean, metric.low, metric.high, *metric.per_split, *metric.per_target.values()]
        if not all(number is None or math.isfinite(number) for number in numbers):
            yield f"metrics.{name}: a number is not finite"
        if len(metric.per_split) > MAX_SPLITS or len(metric.per_target) > MAX_TARGETS:
            yield f"metrics.{name}: too many values"
        if name == HEADLINE and len(metric.per_split) != len(result.data.split_numbers):
            yield f"metrics.{name}: not one value per split"
        if not (0 <= metric.counted <= MAX_INTEGER and 0 <= metric.left_out <= MAX_INTEGER):
            yield f"metrics.{name}: a count is out of range"
        if not all(len(target) <= MAX_ERROR for target in metric.per_target):
            yield f"metrics.{name}: the name of a target is too long"
    headline = result.metrics.get(HEADLINE)
    if headline and headline.counted > len(result.data.split_numbers) * max(len(headline.per_target), 1):
        yield f"metrics.{HEADLINE}.counted: more than there are splits and targets"
    scores = [headline.mean, headline.low, headline.high, *headline.per_split] if headline else []
    if any(number is not None and abs(number) > 1 + ROUNDING for number in scores):
        yield f"metrics.{HEADLINE}: not between -1 and 1"


def _are_texts_plain(value: Any) -> bool:
    """Whether a configuration consists of few, short and finite values."""
    left, open_ones = MAX_ARGUMENTS, [value]
    while open_ones:
        left -= 1
        each = open_ones.pop()
        if isinstance(each, dict):
            open_ones += [*each, *each.values()]
        elif isinstance(each, list | tuple):
            open_ones += each
        elif not _is_plain(each):
            return False
        if left < len(open_ones):
            return False
    return True


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    return not isinstance(value, str) or (len(value) <= 10 * MAX_NAME and value.isprintable())
