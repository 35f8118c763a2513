"""Requests to a Weights & Biases server, one function per request.

They run in a separate process, which is terminated on a time-out: the client itself may wait for ever. That
process imports this module only, which is therefore kept light.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmark.tracking.wandb_mirror import PRIVATE

LEADERBOARD = "leaderboard"
REPORT_TITLE = "AffinityBench leaderboard"
REQUEST_SECONDS = 10
COLUMNS = ("spearman", "spearman/low", "spearman/high", "auc", "recall@3", "regret@1", "n", "status")


@dataclass(frozen=True, kw_only=True)
class RemoteRun:
    """A run on the server: number of rows of its history, and its summary without the client's keys."""

    state: str
    rows: int
    summary: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class RunSet:
    """The runs of one board, with the board's title in the report and the field that it stands under."""

    title: str
    field: str
    run_ids: Sequence[str]


def prepare(folder: str) -> None:
    """Configure the process: no prompts, no error reports, and all of the client's files in one folder.

    Args:
        folder: temporary folder.
    """
    os.environ |= {
        "WANDB_MODE": "online",
        "WANDB_SILENT": "true",
        "WANDB_ERROR_REPORTING": "false",
        **{f"WANDB_{name}_DIR": folder for name in ("CACHE", "DATA", "ARTIFACT")},
        "WANDB_DIR": folder,
    }
    os.environ.pop("WANDB_SERVICE", None)  # the parent's service would outlive this process and its open runs


def account() -> str:
    """Check that the server answers and accepts the API key.

    Returns:
        The account's default entity.
    """
    import wandb  # late: the parent process needs only the names in this module

    return str(wandb.Api(timeout=REQUEST_SECONDS).default_entity)


def runs_there(entity: str, project: str, job_type: str) -> dict[str, RemoteRun]:
    """Read all runs of a job type.

    Args:
        entity: account or team.
        project: project of the account.
        job_type: job type of the runs.

    Returns:
        The runs by id; empty if the project does not exist.
    """
    import wandb  # late: see above

    api = wandb.Api(timeout=REQUEST_SECONDS)
    found = api.runs(f"{entity}/{project}", filters={"jobType": job_type}, per_page=100, lazy=False)
    try:
        return {
            run.id: RemoteRun(state=run.state, rows=run.history_line_count, summary=_plain(run.summary))
            for run in found
        }
    except ValueError as error:
        if "Could not find project" in str(error):
            return {}
        raise


def _plain(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The summary without the client's keys; values that are not numbers or text are converted to text."""
    return {
        key: value if isinstance(value, int | float | str) else str(value)
        for key, value in summary.items()
        if not key.startswith("_")
    }


def save_table(entity: str, project: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Save a new version of the leaderboard table, unless the newest version has the same content.

    Args:
        entity: account or team.
        project: project of the account.
        columns: column headings.
        rows: one value per column.

    Returns:
        Name of the version, such as ``leaderboard:v3``.
    """
    import wandb  # late: see above

    artifact = wandb.Artifact(LEADERBOARD, type=LEADERBOARD)
    artifact.add(wandb.Table(columns=list(columns), data=[list(row) for row in rows]), LEADERBOARD)
    api = wandb.Api(timeout=REQUEST_SECONDS)
    newest = f"{entity}/{project}/{LEADERBOARD}:latest"
    if api.artifact_exists(newest, type=LEADERBOARD):
        there = api.artifact(newest, type=LEADERBOARD)
        if there.digest == artifact.digest:
            return f"{LEADERBOARD}:{there.version}"
    run = wandb.init(
        entity=entity,
        project=project,
        id=LEADERBOARD,
        name=LEADERBOARD,
        job_type=LEADERBOARD,
        settings=wandb.Settings(**PRIVATE),
    )
    try:  # not `with`, which prints an additional traceback
        return str(run.log_artifact(artifact).wait().name)
    finally:
        run.finish()


def save_report(entity: str, project: str, run_sets: Sequence[RunSet]) -> str:
    """Create the report, or update it if there is one.

    Args:
        entity: account or team.
        project: project of the account.
        run_sets: one per board, those of a field beside each other; each is shown sorted by per-target
            Spearman.

    Returns:
        URL of the report.
    """
    import wandb  # late: see above
    from wandb_workspaces import expr
    from wandb_workspaces.reports import v2

    api = wandb.Api(timeout=REQUEST_SECONDS)
    old = [report for report in api.reports(f"{entity}/{project}") if report.display_name == REPORT_TITLE]
    report = (
        v2.Report.from_url(old[0].url)
        if old
        else v2.Report(project=project, entity=entity, title=REPORT_TITLE, width="fluid")
    )
    blocks: list[Any] = [
        v2.P("Created by `affinity-bench publish`, which overwrites any edits made here."),
        v2.TableOfContents(),
    ]
    field = None
    for run_set in run_sets:
        if run_set.field != field:
            field = run_set.field
            blocks.append(v2.H1(field.capitalize()))
        runs = v2.Runset(
            entity=entity,
            project=project,
            name=run_set.title,
            filters=[expr.Metric("ID").isin(list(run_set.run_ids))],
            order=[v2.OrderBy(name=v2.SummaryMetric("spearman"), ascending=False)],
            pinned_columns=["run:displayName", *(f"summary:{column}" for column in COLUMNS)],
        )
        panels = [
            v2.BarPlot(title="per-target Spearman", metrics=[v2.SummaryMetric("spearman")]),
            v2.LinePlot(title="validation loss", x="epoch", y=["validation_loss"]),
        ]
        blocks += [v2.H2(run_set.title), v2.PanelGrid(runsets=[runs], panels=panels)]
    report.blocks = blocks
    report.save()
    return str(report.url)
