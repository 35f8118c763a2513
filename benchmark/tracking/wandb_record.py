"""The content of a Weights & Biases run, made from a cell's result only."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from benchmark.results.schema import Place, Result
from benchmark.scoring.measured import HEADLINE

JOB_TYPE = "cell"
WHOLE_COLUMN = "column."  # metrics with this prefix have one value per repeat, all others one per split

Value = int | float | str | bool


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One cell as a run.

    Attributes:
        id: hash of everything that determines the result.
        group: dataset, regime, label, setting and protocol version, within which runs are comparable.
        name: name of the model.
        tags: tags of the run.
        config: settings of the cell; only known keys and numbers, never text that a user typed.
        history: training losses per epoch, then metrics per split, then per repeat; finite values only.
        summary: mean, interval bounds and number of values of each metric, ``status``, and ``n``, the number
            of splits with a headline score; finite values only.
        failed: whether the cell failed.
    """

    id: str
    group: str
    name: str
    tags: tuple[str, ...]
    config: dict[str, Value]
    history: list[dict[str, Value]]
    summary: dict[str, Value]
    failed: bool


def run_record(result: Result, curves: pd.DataFrame | None = None) -> RunRecord:
    """Make the run of a cell.

    Args:
        result: the cell's result.
        curves: made by :func:`benchmark.results.score_tables.curve_table`; None for a model without training.

    Returns:
        The run.
    """
    place = result.place
    identity = [place.model_dump_json(), result.model.config.name, result.fingerprint]
    identity.append(str(result.protocol_version))
    return RunRecord(
        id=hashlib.sha256("\n".join(identity).encode()).hexdigest()[:24],
        group=group_name(place, protocol_version=result.protocol_version),
        name=result.model.config.name,
        tags=(place.dataset, place.setting, f"protocol-{result.protocol_version}"),
        config=_config(result),
        history=[*_losses(curves), *_values_a_part(result)],
        summary=summary_of(result),
        failed=result.status == "failed",
    )


def group_name(place: Place, *, protocol_version: int) -> str:
    """The board that a run belongs to.

    >>> place = Place(dataset="taskonomy", regime="16k", label="ahp", setting="transductive", mask="1/3")
    >>> group_name(place, protocol_version=1)
    'taskonomy 16k ahp / transductive 1/3 / protocol 1'
    """
    return (
        f"{place.dataset} {place.regime} {place.label} / {place.setting_words} / protocol {protocol_version}"
    )


def summary_of(result: Result) -> dict[str, Value]:
    """The summary of a run on Weights & Biases.

    Args:
        result: the cell's result.

    Returns:
        For each metric, such as ``spearman``: ``spearman``, ``spearman/low``, ``spearman/high`` and
        ``spearman/n``, the number of splits with a value; ``status``, ``n`` and times in seconds. Dots become
        slashes (``column/auc``), since a dot denotes a nested value. Values that are not finite are left out.
    """
    headline = result.metrics.get(HEADLINE)
    figures: dict[str, Value | None] = {
        "status": result.status,
        "n": _count(headline.per_split) if headline else 0,
        "fit_seconds": result.timing.fit_seconds,
        "predict_seconds": result.timing.predict_seconds,
    }
    for name, metric in result.metrics.items():
        key = _key(name)
        figures[key] = metric.mean
        figures[f"{key}/low"] = metric.low
        figures[f"{key}/high"] = metric.high
        figures[f"{key}/n"] = _count(metric.per_split)
    return _finite(figures)


def _config(result: Result) -> dict[str, Value]:
    place, model, run, config = result.place, result.model, result.run, result.model.config
    # Only numbers and booleans among a model's arguments: text may be a local path.
    arguments = {f"argument/{key}": value for key, value in config.init_args.items()}
    numbers = {key: value for key, value in arguments.items() if isinstance(value, int | float)}
    return _finite(
        {
            "dataset": place.dataset,
            "regime": place.regime,
            "label": place.label,
            "setting": place.setting,
            "mask": place.mask,
            "splits": len(result.data.split_numbers),
            "dataset_hash": result.data.dataset_hash,
            "model": config.name,
            "class": config.class_path,
            "z": config.z,
            "scale": config.scale,
            "pairs": config.pairs,
            "encoder": model.encoder,
            "directed": model.directed,
            "variational": model.variational,
            "parameters": model.parameters,
            "source_hash": model.source_hash,
            "batched": model.batched,
            **{f"training/{key}": value for key, value in config.training.model_dump().items()},
            **numbers,
            "seed": run.seed,
            "members": run.members,
            "epochs": run.epochs,
            "protocol_version": result.protocol_version,
            "schema_version": result.schema_version,
            "fingerprint": result.fingerprint,
            "device": result.device,
            **{f"version/{key}": value for key, value in result.versions.items()},
        }
    )


def _losses(curves: pd.DataFrame | None) -> Iterator[dict[str, Value]]:
    """Mean losses over splits, one row per epoch."""
    if curves is None:
        return
    means = curves.groupby("epoch", as_index=False)[["train_loss", "validation_loss"]].mean()
    for row in means.to_dict("records"):
        losses = {name: float(row[name]) for name in ("train_loss", "validation_loss")}
        yield {"epoch": int(row["epoch"]), **_finite(losses)}


def _values_a_part(result: Result) -> Iterator[dict[str, Value]]:
    """Metrics per split, one row per split, then those of whole columns, one row per repeat."""
    whole = {name: metric for name, metric in result.metrics.items() if name.startswith(WHOLE_COLUMN)}
    by_split = {name: metric for name, metric in result.metrics.items() if name not in whole}
    repeats = range(max((len(metric.per_split) for metric in whole.values()), default=0))
    for axis, numbers, metrics in (
        ("split", result.data.split_numbers, by_split),
        ("repeat", repeats, whole),
    ):
        for position, number in enumerate(numbers):
            values = {
                f"per_{axis}/{_key(name)}": metric.per_split[position] for name, metric in metrics.items()
            }
            if finite := _finite(values):
                yield {axis: number, **finite}


def _key(metric: str) -> str:
    return metric.replace(".", "/")


def _count(values: list[float | None]) -> int:
    return sum(value is not None and math.isfinite(value) for value in values)


def _finite(values: dict[str, Value | None] | dict[str, float] | dict[str, float | None]) -> dict[str, Value]:
    """Drop missing, infinite and NaN values, which Weights & Biases would turn into strings."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and not (isinstance(value, float) and not math.isfinite(value))
    }
