"""Upload of results to Weights & Biases: missing runs are sent, then all runs are read back."""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.results.schema import Result
from benchmark.results.stored_tables import read_curves
from benchmark.results.untrusted import RefusedFileError
from benchmark.tracking.wandb_mirror import run_folders, write_run
from benchmark.tracking.wandb_record import JOB_TYPE, RunRecord, run_record
from datamodules.errors import UserError
from leaderboard.boards.overall import dataset_order, field_of
from leaderboard.tracking.time_limit import AGAIN, TimeBox
from leaderboard.tracking.wandb_server import RemoteRun, RunSet, runs_there, save_report, save_table

RUNS_AT_ONCE = 20
ROUNDS = 2
SPACE_BYTES = 32 * 2**20  # more than a batch of runs, the table and their logs need
NAMED = 5
TOLERANCE = 1e-9  # relative: a server may format numbers differently


@dataclass(frozen=True, kw_only=True)
class Account:
    """Destination of runs: an account or team, and its project."""

    entity: str
    project: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.project}"


@dataclass(frozen=True, kw_only=True)
class Local:
    """A local result, and the run made from it."""

    result: Result
    record: RunRecord

    def __str__(self) -> str:
        return f"{self.record.name} ({self.record.group}, run {self.record.id})"


def local_runs(files: Mapping[Path, Result], *, refuse: Callable[[str], None]) -> list[Local]:
    """Make a run of every result and its training curves.

    Args:
        files: the results by path; the curves are stored beside them.
        refuse: is told of every file of curves that is left out, in one line.

    Returns:
        One run per result.
    """
    runs = []
    for path, result in files.items():
        try:
            curves = read_curves(path)
        except RefusedFileError as error:
            refuse(f"without curves: {error}")
            curves = None
        runs.append(Local(result=result, record=run_record(result, curves)))
    return runs


def differences(record: RunRecord, there: RemoteRun | None) -> list[str]:
    """Compare a run with the server's version of it.

    Args:
        record: run of the local result.
        there: the server's run; None if it has none.

    Returns:
        One description per difference; empty if there is none.
    """
    if there is None:
        return ["not on the server"]
    state = "failed" if record.failed else "finished"
    found = [] if there.state == state else [f"state is {there.state} on the server, {state} locally"]
    if there.rows != len(record.history):
        found.append(f"history has {there.rows} rows on the server, {len(record.history)} locally")
    for key in sorted(record.summary.keys() | there.summary.keys()):
        here, other = record.summary.get(key), there.summary.get(key)
        if not _same(here, other):
            found.append(f"{key} is {other} on the server, {here} locally")
    return found


def _same(here: object, there: object) -> bool:
    if isinstance(here, int | float) and isinstance(there, int | float):
        return math.isclose(here, there, rel_tol=TOLERANCE)
    return here == there


def unlike(runs: Sequence[Local], there: Mapping[str, RemoteRun]) -> list[Local]:
    """The runs that are missing on the server or differ there."""
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
    """Upload the runs that are missing on the server or differ there; retry once those that still do.

    A missing run is uploaded as the runner stored it in ``OUT/wandb``, or else made from the result file. A
    run that is incomplete or differs is completed: uploading it again would repeat its history.

    Args:
        runs: runs of all results.
        there: the server's runs before the upload, by id.
        box: time-limited access to the server.
        account: destination.
        out: folder of the result files.
        staging: temporary folder for runs made from result files.

    Yields:
        Number of runs in each batch, after its upload.

    Raises:
        UserError: if the server does not accept them in time, or there is not enough space for staging.
    """
    free = shutil.disk_usage(staging).free
    if free < SPACE_BYTES:  # checked first, because the client carries on with truncated files
        raise UserError(
            f"not enough space for staging: {staging.parent} has {free:,} bytes free, {SPACE_BYTES:,} are "
            f"needed. Free some space, or set TMPDIR to another folder. {AGAIN}"
        )
    for _ in range(ROUNDS):
        wanting = unlike(runs, there)
        missing = [run for run in wanting if run.record.id not in there]
        for start in range(0, len(missing), RUNS_AT_ONCE):
            batch = missing[start : start + RUNS_AT_ONCE]
            folders = [_folder(run.record, out=out, staging=staging) for run in batch]
            what = f"uploading {_some(batch)} to {account}"
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
    """Complete a run that the server has in part; called in the process that may be terminated."""
    write_run(record, out=staging, mode="online", entity=entity, project=project)


def fetch(box: TimeBox, account: Account) -> dict[str, RemoteRun]:
    """Read all runs of benchmark cells from the server, by id."""
    return box.call(f"reading the runs of {account}", runs_there, account.entity, account.project, JOB_TYPE)


def check_published(runs: Sequence[Local], there: Mapping[str, RemoteRun], account: Account) -> None:
    """Check every summary value of every run on the server against the local results.

    Args:
        runs: runs of all results.
        there: the server's runs, by id.
        account: their account, for the message.

    Raises:
        UserError: if any run differs; names the runs and keys.
    """
    wrong = [(run, found) for run in runs if (found := differences(run.record, there.get(run.record.id)))]
    if wrong:
        lines = [f"{run}: {'; '.join(found[:NAMED])}" for run, found in wrong[:NAMED]]
        lines += [f"and {len(wrong) - NAMED} more runs"] if len(wrong) > NAMED else []
        heading = f"{len(wrong)} of {len(runs)} runs at {account} differ from the result files"
        raise UserError("\n  ".join([f"{heading}. {AGAIN}", *lines]))


def save_leaderboard(runs: Sequence[Local], box: TimeBox, account: Account) -> tuple[str, str]:
    """Save a version of the leaderboard table, and create or update the report.

    Args:
        runs: runs of all results.
        box: time-limited access to the server.
        account: destination.

    Returns:
        The table's version and the report's URL.
    """
    where = (account.entity, account.project)
    table = box.call(f"saving the table of {account}", save_table, *where, *_table(runs))
    return table, box.call(f"saving the report of {account}", save_report, *where, run_sets(runs))


def run_sets(runs: Sequence[Local]) -> list[RunSet]:
    """The boards of the report, in the order of the page: by dataset, those of one field beside each other.

    Args:
        runs: runs of all results.

    Returns:
        One run set per board.
    """
    boards: dict[str, list[Local]] = {}
    for run in sorted(runs, key=lambda run: dataset_order(run.result.place)):
        boards.setdefault(run.record.group, []).append(run)
    return [
        RunSet(
            title=title,
            field=field_of(own[0].result.place.dataset),
            run_ids=[run.record.id for run in own],
        )
        for title, own in boards.items()
    ]


def _table(runs: Sequence[Local]) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows: one row per result, sorted by board, then by decreasing per-target Spearman."""
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
