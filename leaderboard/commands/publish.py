"""``affinity-bench publish``: results to Weights & Biases, and what is there against what is here."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.console import Console
from rich.progress import Progress

from benchmark.reporting.terminal_boards import make_console
from benchmark.tracking.wandb_mirror import DEFAULT_PROJECT
from datamodules.errors import UserError
from leaderboard.boards.aggregate import find_results
from leaderboard.tracking.publish import (
    Account,
    Local,
    fetch,
    local_runs,
    save_leaderboard,
    send,
    unlike,
    verify,
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
    """Send results to Weights & Biases: what is not there yet, the leaderboard's table and its report.

    Then everything is read back, and a value that differs is an error. Result files are only read. The key
    of your account is taken from WANDB_API_KEY and nowhere else, WANDB_BASE_URL names a server of your own.

    Args:
        results: folder that `affinity-bench run` wrote to.
        entity: account or team; if not said, WANDB_ENTITY or your own.
        project: project; if not said, WANDB_PROJECT or affinity-bench.
        timeout: seconds that one step, of at most 20 runs, may take.
        dry_run: only list what would be sent; without a key, as if nothing were there.

    Returns:
        Exit code 0.
    """
    find_results(results)  # says in words what is wrong with a file
    runs = local_runs(results)
    console = make_console()
    project = project or os.environ.get("WANDB_PROJECT") or DEFAULT_PROJECT
    entity = entity or os.environ.get("WANDB_ENTITY", "")
    if not os.environ.get("WANDB_API_KEY"):
        if not dry_run:
            raise UserError(
                "no key: publishing needs the key of your account (wandb.ai/authorize) in the environment: "
                "WANDB_API_KEY=... affinity-bench publish"
            )
        _say(console, _plan(runs, runs, Account(entity=entity or "your account", project=project)))
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="affinity-bench-", ignore_cleanup_errors=True) as folder,
        TimeBox(seconds=timeout, folder=Path(folder)) as box,
        Progress(console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("reading what is there", total=None)
        mine = box.call("asking whose key this is", account_of_key)
        account = Account(entity=entity or mine, project=project)
        there = fetch(box, account)
        wanting = unlike(runs, there)
        if dry_run:
            _say(console, _plan(wanting, runs, account))
            return 0
        progress.update(task, description="sending runs", total=len(wanting))
        for sent in send(runs, there, box, account, out=results, staging=Path(folder)):
            progress.advance(task, sent)
        progress.update(task, description="table, report, reading back", total=None)
        table, report = save_leaderboard(runs, box, account)
        verify(runs, fetch(box, account), account)
    _say(
        console,
        [
            f"{len(runs)} runs at {account}, {len(wanting)} sent now; every value read back and equal",
            f"table: {table}",
            f"report: {report}",
        ],
    )
    return 0


def _plan(wanting: Sequence[Local], runs: Sequence[Local], account: Account) -> list[str]:
    lines = [f"would send {run}" for run in wanting]
    return [*lines, f"{len(wanting)} of {len(runs)} runs, the table and the report would go to {account}"]


def _say(console: Console, lines: Sequence[str]) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
