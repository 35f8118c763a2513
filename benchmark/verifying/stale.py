"""Results that are no longer what a run would make: code, configuration or data have changed since."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmark.denoising.comparison import read_comparisons
from benchmark.denoising.experiment import MODELS, made_of, read_tables
from benchmark.reporting.refused import say_refused
from benchmark.results.effort import effort_options
from benchmark.results.schema import Place, Result
from benchmark.running.cell import CellRun
from benchmark.verifying.cell_again import RefusalError, UnknownHereError, prepare_again, read_again
from benchmark.verifying.differing_fields import differences
from lit_models.loading.config import ModelConfig

CODE_HAS_CHANGED = "its code has changed (source_hash)"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether a result file is up to date.

    Attributes:
        path: the file.
        result: its content; None if it is no result of this version.
        reasons: what has changed since; empty if it is up to date or cannot be judged.
        unknown: why it cannot be judged; "" if it can.
        confirmed: whether it has just been taken over for the code that is here, which predicts the same.
    """

    path: Path
    result: Result | None
    reasons: Sequence[str] = ()
    unknown: str = ""
    confirmed: bool = False


def standing_of(path: Path, *, models: Mapping[str, ModelConfig]) -> Standing:
    """Compare what decides a result with the code, the configurations and the data that are here.

    Nothing is trained: a result is stale if its fingerprint is not that of the same cell prepared now, which
    is when ``affinity-bench run`` would make it again.

    Args:
        path: a result file.
        models: models that the user trusts, by name.

    Returns:
        Whether it is up to date.
    """
    result = None
    try:
        result = read_again(path)
        ready = prepare_again(result, models=models, same_splits=True)
    except UnknownHereError as refusal:
        return Standing(path=path, result=result, unknown=str(refusal))
    except RefusalError as refusal:
        return Standing(path=path, result=result, reasons=[str(refusal)])
    if result.fingerprint == ready.fingerprint:
        return Standing(path=path, result=result)
    return Standing(path=path, result=result, reasons=list(_reasons(result, ready)))


def _reasons(result: Result, ready: CellRun) -> Iterator[str]:
    if result.model.source_hash != ready.model.source_hash:
        yield CODE_HAS_CHANGED
    ran = {"batched", "source_hash"}
    here = "here"
    found = [
        *differences(
            result.model.model_dump(exclude=ran),
            ready.model.model_dump(exclude=ran),
            where="model",
            source=here,
        ),
        *differences(result.data.model_dump(), ready.data.model_dump(), where="data", source=here),
        *differences(result.run.model_dump(), ready.run.model_dump(), where="run", source=here),
    ]
    yield from found
    if not found and result.model.source_hash == ready.model.source_hash:
        yield "its fingerprint is not that of its contents"


def denoising_is_stale(folder: Path) -> bool:
    """Whether a results folder has comparisons with single runs that would come out otherwise now.

    Args:
        folder: output folder of ``affinity-bench run``.

    Returns:
        False as well without such comparisons.
    """
    there = {
        (each.regime, each.model, each.dataset_hash, each.source_hash)
        for each in read_comparisons(folder, refuse=say_refused)
    }
    return bool(there) and there != {made_of(table, model) for table in read_tables() for model in MODELS}


def commands(stale: Sequence[Standing], *, out: Path) -> Iterator[str]:
    """The commands that make stale results again, one per place and effort.

    Args:
        stale: results that are stale; those without content are left out.
        out: the folder that they are in.

    Yields:
        ``affinity-bench run`` with its options.
    """
    names: dict[tuple[Place, tuple[str, ...]], list[str]] = {}
    for each in stale:
        if each.result is not None:
            names.setdefault((each.result.place, tuple(effort_options(each.result))), []).append(
                each.result.model.config.name
            )
    for (place, effort), models in names.items():
        mask = ["--mask", place.mask] if place.mask else []
        where = ["--dataset", place.dataset, "--regime", place.regime, "--label", place.label]
        what = ["--setting", place.setting, *mask, "--model", ",".join(models), *effort, "--out", str(out)]
        yield shlex.join(["affinity-bench", "run", *where, *what])
