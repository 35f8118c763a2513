"""The mirror on Weights & Biases: one run per cell, offline or online; its errors never affect a cell."""

import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from benchmark.reporting.console import say
from benchmark.results.schema import Result
from benchmark.tracking.wandb_record import JOB_TYPE, RunRecord, run_record
from datamodules.errors import UserError

DEFAULT_PROJECT = "affinity-bench"
DEFAULT_MODE = "offline"
MODES = ("offline", "online", "disabled")
PATIENCE_SECONDS = 15.0  # time limit for starting a run, and for uploading its data
# Keeps the client from collecting code, git, the command line, host, machine, console and packages.
PRIVATE: dict[str, Any] = {
    "console": "off",
    "disable_code": True,
    "disable_git": True,
    "host": "",
    "program": "",
    "x_disable_machine_info": True,
    "x_disable_meta": True,
    "x_disable_stats": True,
    "x_save_requirements": False,
}


class Mirror:
    """Stores a run per cell in ``OUT/wandb``, or uploads it if ``WANDB_MODE`` is ``online``.

    Weights & Biases cannot harm a run of the benchmark: runs are logged after the cell's files are written,
    every wait has a time limit, and errors are reported once. After a server error, later runs are stored
    offline; after a disk error, not at all. Publishing creates the missing ones.

    Args:
        out: folder of the result files.
        console: console for error messages.
    """

    def __init__(self, *, out: Path, console: Console) -> None:
        self._out = out
        self._console = console
        self._mode = os.environ.get("WANDB_MODE") or DEFAULT_MODE
        if self._mode not in MODES:
            raise UserError(f"WANDB_MODE={self._mode}: choose one of {', '.join(MODES)}")
        if self._mode == "online" and not os.environ.get("WANDB_API_KEY"):
            self._fall_back("WANDB_MODE=online needs a key in WANDB_API_KEY")

    def keep(self, result: Result, curves: pd.DataFrame | None) -> None:
        """Log the run of a cell.

        Args:
            result: the cell's result, already written.
            curves: training curves; None if nothing was trained.
        """
        if self._mode == "disabled":
            return
        try:
            write_run(run_record(result, curves), out=self._out, mode=self._mode)
        except Exception as error:  # whatever the client raises, the cell's result stands
            self._fall_back(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")

    def _fall_back(self, trouble: str) -> None:
        online = self._mode != "offline"
        self._mode = "offline" if online else "disabled"
        then = (
            f"from here on runs are kept offline in {self._out / 'wandb'}; `affinity-bench publish` sends all"
            if online
            else "cells are not mirrored any more; their result files are complete"
        )
        words = f"Weights & Biases: {without_key(trouble)}: {then}"
        say(self._console, words)


def write_run(
    record: RunRecord, *, out: Path, mode: str, entity: str | None = None, project: str | None = None
) -> None:
    """Log one run with the client.

    Offline, it replaces an earlier run with the same id. Online, if the server has a run with this id,
    missing rows of its history are added, and its summary is replaced.

    Args:
        record: content of the run.
        out: folder of the result files; the client creates ``wandb`` in it.
        mode: ``offline`` or ``online``.
        entity: account or team; None for the API key's default.
        project: project; None for ``WANDB_PROJECT`` or ``affinity-bench``.

    Raises:
        Exception: any error of the client; ``TimeoutError`` if the server is too slow.
    """
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # or the client would tell its makers
    os.environ.setdefault("WANDB_SILENT", "true")
    import wandb  # late: takes a second, and `WANDB_MODE=disabled` must not need it

    for folder in run_folders(out, record.id):
        shutil.rmtree(folder)
    settings = wandb.Settings(
        **PRIVATE,
        finish_timeout=PATIENCE_SECONDS,
        finish_timeout_raises=True,
        init_timeout=PATIENCE_SECONDS,
        save_code=False,
        silent=True,
        symlink=False,
    )
    run = wandb.init(
        entity=entity,
        project=project or os.environ.get("WANDB_PROJECT") or DEFAULT_PROJECT,
        dir=out,
        id=record.id,
        name=record.name,
        group=record.group,
        job_type=JOB_TYPE,
        tags=record.tags,
        config=record.config,
        mode=mode,  # type: ignore[arg-type]  # any text the environment has; the client checks it
        reinit="create_new",
        resume="allow" if mode == "online" else None,
        settings=settings,
    )
    try:
        for axis, keys in (
            ("epoch", ("train_loss", "validation_loss")),
            ("split", ("per_split/*",)),
            ("repeat", ("per_repeat/*",)),
        ):
            run.define_metric(axis, hidden=True, summary="none")
            for key in keys:
                run.define_metric(key, step_metric=axis, summary="none")
        for row in record.history[run.starting_step :]:  # from the first on, if the run is a new one
            run.log(row)
        kept = run.summary.keys()  # type: ignore[no-untyped-call]  # the client gives it no types
        for key in set(kept) - record.summary.keys():
            if not key.startswith("_"):  # the client's own
                delattr(run.summary, key)
        run.summary.update(record.summary)
    finally:
        run.finish(exit_code=int(record.failed))


def without_key(words: str) -> str:
    """Remove the API key from a text."""
    key = os.environ.get("WANDB_API_KEY")
    return words.replace(key, "(key)") if key else words


def run_folders(out: Path, run_id: str) -> list[Path]:
    """The client's folders of a run; at most one, unless folders were copied.

    Args:
        out: folder of the result files.
        run_id: the run's id.

    Returns:
        ``offline-run-<time>-<id>`` or ``run-<time>-<id>`` in ``wandb``.
    """
    return sorted((out / "wandb").glob(f"*run-*-{run_id}"))
