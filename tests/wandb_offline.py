"""Reading back the runs that the client keeps offline, by the client's own inspector."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class OfflineRun:
    """What the transaction log of one run says."""

    folder: Path
    about: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    exit_code: int | None = None


def offline_runs(out: Path) -> list[OfflineRun]:
    return [read_run(folder) for folder in sorted((out / "wandb").glob("*run-*"))]


def read_run(folder: Path) -> OfflineRun:
    words = [sys.executable, "-m", "wandb", "leet", "inspect", "--json", str(folder)]
    settings = os.environ | {"WANDB_ERROR_REPORTING": "false"}
    shown = subprocess.run(words, env=settings, capture_output=True, text=True, timeout=60, check=True)
    run = OfflineRun(folder)
    for line in shown.stdout.splitlines():
        record = json.loads(line)
        content = record.get(record["type"])
        if record["type"] == "run":
            run.config |= _own(content["config"]["update"])
            run.about = {key: value for key, value in content.items() if key != "config"}
        elif record["type"] == "history":
            run.history.append(_own(content.get("item", content)))
        elif record["type"] == "summary":
            run.summary |= _own(content["update"])
        elif record["type"] == "exit":
            run.exit_code = content.get("exit_code", 0)
    return run


def _own(values: dict[str, Any]) -> dict[str, Any]:
    """Without what the client adds."""
    return {key: value for key, value in values.items() if not key.startswith("_")}
