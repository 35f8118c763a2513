"""``affinity-bench publish``: results to Weights & Biases, and what is there against what is here."""

import os
import tempfile
from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.progress import Progress

from benchmark.report import make_console
from benchmark.wandb_run import DEFAULT_PROJECT
from datamodules.errors import UserError
from leaderboard.aggregate import find_results
from leaderboard.publish import Account, differences, fetch, local_runs, save_leaderboard, send, verify
from leaderboard.time_box import TimeBox
from leaderboard.wandb_server import account as account_of_key


def publish(
    results: Path = Path("results"),
    entity: str = "",
    project: str = "",
    timeout: PositiveInt = 30,
    dry_run: bool = False,
) -> int:
    """Send results to Weights & Biases: what is not there yet, the leaderboard's table and its report.

    Then everything is read back, and a value that differs is an error. Result files are only read. The key
    of your account is taken from WANDB_API_KEY and nowhere else, WANDB_BASE_URL names a server of your own.

    Args:
        results: folder that `affinity-bench run` wrote to.
        entity: account or team; if not said, WANDB_ENTITY or your own.
        project: project; if not said, WANDB_PROJECT or affinity-bench.
        timeout: seconds that one step, of at most 25 runs, may take.
        dry_run: only list what would be sent; without a key, as if nothing were there.

    Returns:
        Exit code 0.
    """
    find_results(results)  # says in words what is wrong with a file
    runs = local_runs(results)
    console = make_console()
    has_key = bool(os.environ.get("WANDB_API_KEY"))
    if not has_key and not dry_run:
        raise UserError(
            "no key: publishing needs the key of your account (wandb.ai/authorize) in the environment: "
            "WANDB_API_KEY=... affinity-bench publish"
        )
    entity = entity or os.environ.get("WANDB_ENTITY", "")
    project = project or os.environ.get("WANDB_PROJECT") or DEFAULT_PROJECT
    with (
        tempfile.TemporaryDirectory(prefix="affinity-bench-", ignore_cleanup_errors=True) as folder,
        TimeBox(seconds=timeout, folder=Path(folder)) as box,
    ):
        if has_key:
            entity = entity or box.call("asking whose key this is", account_of_key)
        account = Account(entity=entity or "your account", project=project)
        there = fetch(box, account) if has_key else {}
        wanting = [run for run in runs if differences(run.record, there.get(run.record.id))]
        if dry_run:
            for run in wanting:
                console.print(f"would send {run}", markup=False, highlight=False, soft_wrap=True)
            console.print(f"{len(wanting)} of {len(runs)} runs, a table and a report to {account}")
            return 0
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("sending runs", total=len(wanting))
            for sent in send(runs, box, account, out=results, staging=Path(folder)):
                progress.advance(task, sent)
        table, report = save_leaderboard(runs, box, account)
        verify(runs, fetch(box, account), account)
    for line in (
        f"{len(runs)} runs at {account}, {len(wanting)} sent now; every summary value read back and equal",
        f"table: {table}",
        f"report: {report}",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0
