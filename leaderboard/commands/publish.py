"""``affinity-bench publish``: upload results to Weights & Biases and verify the upload."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.console import Console
from rich.progress import Progress

from benchmark.reporting.console import make_console, say
from benchmark.reporting.refused import say_refused
from benchmark.tracking.wandb_mirror import DEFAULT_PROJECT
from datamodules.errors import UserError
from leaderboard.boards.aggregate import find_files
from leaderboard.tracking.publish import (
    Account,
    Local,
    check_published,
    fetch,
    local_runs,
    save_leaderboard,
    send,
    unlike,
)
from leaderboard.tracking.time_limit import TimeBox
from leaderboard.tracking.wandb_server import account as account_of_key


def publish(
    results: Path = Path("results"),
    entity: str = "",
    project: str = "",
    timeout: PositiveInt = 20,
    dry_run: bool = False,
) -> int:
    """Upload results to Weights & Biases: runs that are not there yet, the leaderboard table and the report.

    Everything is then read back, and any value that differs is an error. Result files are only read. The API
    key is taken from WANDB_API_KEY alone; WANDB_BASE_URL selects a self-hosted server.

    Args:
        results: output folder of `affinity-bench run`.
        entity: account or team; default WANDB_ENTITY, else your own account.
        project: project; default WANDB_PROJECT, else affinity-bench.
        timeout: time limit in seconds for one step of at most 20 runs.
        dry_run: only list what would be uploaded; without a key, the server counts as empty.

    Returns:
        Exit code 0.
    """
    runs = local_runs(find_files(results, refuse=say_refused), refuse=say_refused)
    console = make_console()
    project = project or os.environ.get("WANDB_PROJECT") or DEFAULT_PROJECT
    entity = entity or os.environ.get("WANDB_ENTITY", "")
    if not os.environ.get("WANDB_API_KEY"):
        if not dry_run:
            raise UserError(
                "no API key: publishing needs your account's key (wandb.ai/authorize) in the environment: "
                "WANDB_API_KEY=... affinity-bench publish"
            )
        _say(console, _plan(runs, runs, Account(entity=entity or "your account", project=project)))
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="affinity-bench-", ignore_cleanup_errors=True) as folder,
        TimeBox(seconds=timeout, folder=Path(folder)) as box,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("reading existing runs", total=None)
        mine = box.call("looking up the account of the API key", account_of_key)
        account = Account(entity=entity or mine, project=project)
        there = fetch(box, account)
        wanting = unlike(runs, there)
        if dry_run:
            _say(console, _plan(wanting, runs, account))
            return 0
        progress.update(task, description="uploading runs", total=len(wanting))
        for sent in send(runs, there, box, account, out=results, staging=Path(folder)):
            progress.advance(task, sent)
        progress.update(task, description="saving table and report, reading back", total=None)
        table, report = save_leaderboard(runs, box, account)
        check_published(runs, fetch(box, account), account)
    _say(
        console,
        [
            f"{len(runs)} runs at {account}, {len(wanting)} uploaded now; all values read back and equal",
            f"table: {table}",
            f"report: {report}",
        ],
    )
    return 0


def _plan(wanting: Sequence[Local], runs: Sequence[Local], account: Account) -> list[str]:
    lines = [f"would upload {run}" for run in wanting]
    summary = f"would upload {len(wanting)} of {len(runs)} runs, the table and the report to {account}"
    return [*lines, summary]


def _say(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        say(console, line)
