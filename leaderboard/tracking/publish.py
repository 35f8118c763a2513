"""Results to Weights & Biases: what is not there is sent, and all that is there is read back."""

import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmark.results.files import read_result, result_paths, table_path
from benchmark.results.schema import Result
from benchmark.tracking.wandb_mirror import run_folders, write_run
from benchmark.tracking.wandb_record import JOB_TYPE, RunRecord, run_record
from datamodules.errors import UserError
from leaderboard.tracking.time_limit import AGAIN, TimeBox
from leaderboard.tracking.wandb_server import RemoteRun, RunSet, runs_there, save_report, save_table

RUNS_AT_ONCE = 20
ROUNDS = 2
SPACE_BYTES = 32 * 2**20  # more than a batch of runs, the table and their logs take
NAMED = 5
TOLERANCE = 1e-9  # relative: a server may print a number in another way


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where runs go: the account or team, and its project."""

    entity: str
    project: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}"


@dataclass(frozen=True, kw_only=True)
class Local:
    """A result on this disk, and the run that is made of it."""

    result: Result
    record: RunRecord

    def __str__(self) -> str:
        return f"{self.record.name} ({self.record.group}, run {self.record.id})"


def local_runs(folder: Path) -> list[Local]:
    """Read every result with its curves.

    Args:
        folder: what ``affinity-bench run --out`` was given.

    Returns:
        A run a result.
    """
    runs = []
    for path in result_paths(folder):
        result, curves = read_result(path), table_path(path, "curves")
        record = run_record(result, pd.read_parquet(curves) if curves.exists() else None)
        runs.append(Local(result=result, record=record))
    return runs


def differences(record: RunRecord, there: RemoteRun | None) -> list[str]:
    """Compare a run with what the server has.

    Args:
        record: of the local result.
        there: None if the server has no such run.

    Returns:
        What differs, in words; empty if nothing does.
    """
    if there is None:
        return ["is not there"]
    state = "failed" if record.failed else "finished"
    found = [] if there.state == state else [f"is {there.state} there instead of {state}"]
    if there.rows != len(record.history):
        found.append(f"has {there.rows} rows of history there instead of {len(record.history)}")
    for key in sorted(record.summary.keys() | there.summary.keys()):
        here, other = record.summary.get(key), there.summary.get(key)
        if not _same(here, other):
            found.append(f"{key} is {other} there and {here} here")
    return found


def _same(here: object, there: object) -> bool:
    if isinstance(here, int | float) and isinstance(there, int | float):
        return math.isclose(here, there, rel_tol=TOLERANCE)
    return here == there


def unlike(runs: Sequence[Local], there: Mapping[str, RemoteRun]) -> list[Local]:
    """Those of the runs that the server lacks, or has in another way."""
    return [run for run in runs if differences(run.record, there.get(run.record.id))]


def send(
    runs: Sequence[Local],
    there: Mapping[str, RemoteRun],
    box: TimeBox,
    account: Account,
    *,
    out: Path,
    staging: Path,
) -> Iterator[int]:
    """Send what the server does not have as it is here, and once more what did not arrive as it is here.

    A run that is missing is sent as the runner left it in ``OUT/wandb``, or else is made of the result file.
    One that is there in part, or with other values, is completed, for sending it again repeats its history.

    Args:
        runs: all of the results.
        there: what the server has before.
        box: the server.
        account: where to.
        out: folder of the result files.
        staging: folder for runs made here, deleted afterwards.

    Yields:
        How many runs were sent at once, after each time.

    Raises:
        UserError: if the server does not take them in time, or there is no space for staging.
    """
    free = shutil.disk_usage(staging).free
    if free < SPACE_BYTES:  # asked first, because the client goes on with half a file
        raise UserError(
            f"no space for staging: {staging.parent} has {free:,} bytes free of {SPACE_BYTES:,} needed. "
            f"Make space, or name another folder in TMPDIR. {AGAIN}"
        )
    for _ in range(ROUNDS):
        wanting = unlike(runs, there)
        missing = [run for run in wanting if run.record.id not in there]
        for start in range(0, len(missing), RUNS_AT_ONCE):
            batch = missing[start : start + RUNS_AT_ONCE]
            folders = [_folder(run.record, out=out, staging=staging) for run in batch]
            what = f"sending {_some(batch)} to {account}"
            box.sync(what, folders, entity=account.entity, project=account.project)
            yield len(batch)
        for run in wanting:
            if run.record.id in there:
                what = f"completing {run} at {account}"
                box.call(what, complete, run.record, staging, account.entity, account.project)
                yield 1
        if not wanting:
            return
        there = fetch(box, account)


def complete(record: RunRecord, staging: Path, entity: str, project: str) -> None:
    """Bring a run that a server has in part to what it is here; called in the process that may be ended."""
    write_run(record, out=staging, mode="online", entity=entity, project=project)


def fetch(box: TimeBox, account: Account) -> dict[str, RemoteRun]:
    """Read all runs of cells that the server has, by id."""
    return box.call(f"reading the runs of {account}", runs_there, account.entity, account.project, JOB_TYPE)


def verify(runs: Sequence[Local], there: Mapping[str, RemoteRun], account: Account) -> None:
    """Compare every summary value of every run with the local results.

    Args:
        runs: all of the results.
        there: what the server has.
        account: where it has them.

    Raises:
        UserError: names runs and keys that differ.
    """
    wrong = [(run, found) for run in runs if (found := differences(run.record, there.get(run.record.id)))]
    if wrong:
        lines = [f"{run}: {'; '.join(found[:NAMED])}" for run, found in wrong[:NAMED]]
        lines += [f"and {len(wrong) - NAMED} more runs"] if len(wrong) > NAMED else []
        heading = f"{len(wrong)} of {len(runs)} runs at {account} are not what the result files say"
        raise UserError("\n  ".join([f"{heading}. {AGAIN}", *lines]))


def save_leaderboard(runs: Sequence[Local], box: TimeBox, account: Account) -> tuple[str, str]:
    """Make a version of the table, and make or update the report.

    Args:
        runs: all of the results.
        box: the server.
        account: where to.

    Returns:
        The table's version and the report's address.
    """
    where = (account.entity, account.project)
    table = box.call(f"saving the table of {account}", save_table, *where, *_table(runs))
    boards: dict[str, list[str]] = {}
    for run in runs:
        boards.setdefault(run.record.group, []).append(run.record.id)
    run_sets = [RunSet(title=title, run_ids=ids) for title, ids in boards.items()]
    return table, box.call(f"saving the report of {account}", save_report, *where, run_sets)


def _table(runs: Sequence[Local]) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows: a row a result, by board and then by falling per-target Spearman."""
    keys = sorted({key for run in runs for key in run.record.summary})
    ordered = sorted(runs, key=lambda run: (run.record.group, -float(run.record.summary.get("spearman", -2))))
    rows = [
        [
            run.record.group,
            run.record.name,
            run.result.model.encoder,
            run.result.model.config.z,
            *(run.record.summary.get(key) for key in keys),
        ]
        for run in ordered
    ]
    return ["board", "model", "encoder", "z", *keys], rows


def _folder(record: RunRecord, *, out: Path, staging: Path) -> Path:
    kept = run_folders(out, record.id)
    if not kept:
        write_run(record, out=staging, mode="offline")
        kept = run_folders(staging, record.id)
    return kept[-1]


def _some(runs: Sequence[Local]) -> str:
    names = ", ".join(map(str, runs[:NAMED]))
    return names if len(runs) <= NAMED else f"{names} and {len(runs) - NAMED} more"
