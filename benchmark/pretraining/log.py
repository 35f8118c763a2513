"""The log of a training run: one row per check, printed, kept in the checkpoint and written as a CSV file."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch

from benchmark.pretraining.zero_shot import zero_shot
from benchmark.progress.pretraining import PretrainingProgress
from benchmark.results.atomic_files import write_together
from datamodules.errors import UserError
from lit_models.loading.weights import bytes_hash, network_bytes
from lit_models.pretraining.curriculum import rate_at
from lit_models.pretraining.lit_pretraining import LitPretraining, Losses


class PretrainingLog(pl.Callback):
    """After every check: a row of the log, and the weights as they stand.

    Args:
        folder: gets ``log.csv``, ``prior-fitted.safetensors`` and, with their hash and how they were made,
            ``prior-fitted.json``.
        progress: shows steps, throughput and rows.

    Attributes:
        rows: the log so far, of earlier runs that this one goes on from included.
    """

    def __init__(self, *, folder: Path, progress: PretrainingProgress) -> None:
        self.folder = folder
        self.progress = progress
        self.rows: list[dict[str, float]] = []
        self._since = (time.perf_counter(), time.process_time(), 0)
        self._seconds = 0.0

    def state_dict(self) -> dict[str, Any]:
        """The log, for the checkpoint."""
        return {"rows": self.rows, "seconds": self._seconds}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The log of the run that this one goes on from."""
        self.rows = state_dict["rows"]
        self._seconds = state_dict["seconds"]

    def on_train_start(self, trainer: pl.Trainer, module: LitPretraining) -> None:  # type: ignore[override]  # noqa: ARG002
        """Start the clocks."""
        self._since = (time.perf_counter(), time.process_time(), int(module.worlds))

    def on_train_batch_end(self, trainer: pl.Trainer, module: LitPretraining, *_: Any) -> None:  # type: ignore[override]  # noqa: ARG002  # one kind of module
        """Move the bar."""
        if not bool(torch.isfinite(module.recent[-1].value)):
            raise UserError(f"the loss of step {module.step} is not finite: start anew with another seed")
        self.progress.step(module.step)

    def on_validation_end(self, trainer: pl.Trainer, module: LitPretraining) -> None:  # type: ignore[override]  # one kind of module
        """Add a row, and write log and weights."""
        recent = torch.stack([torch.stack(losses).mean() for losses in zip(*module.recent, strict=True)])
        recent = trainer.strategy.reduce(recent, reduce_op="mean")
        if not trainer.is_global_zero:
            return
        step = module.step
        depth = module.depth_at(step - 1)
        wall, cpu, worlds = self._since
        self._since = (time.perf_counter(), time.process_time(), int(module.worlds))
        self._seconds += self._since[1] - cpu
        found = zero_shot(module.network, depth=depth, development=True)
        row = {
            "step": step,
            "worlds": self._since[2],
            "cpu_seconds": round(self._seconds, 1),
            "worlds_per_second": round((self._since[2] - worlds) / (self._since[0] - wall), 1),
            "depth": depth,
            "learning_rate_share": round(rate_at(step - 1, steps=module.steps), 3),
            **{f"train_{name}": value for name, value in zip(Losses._fields, recent.tolist(), strict=True)},
            **{name: value.item() for name, value in trainer.callback_metrics.items()},
            "coverage": float(np.mean([of_table.coverage for of_table in found.values()])),
            **{name: of_table.spearman for name, of_table in found.items()},
        }
        self.rows.append(row)
        weights = network_bytes(module.network, depth=depth)
        record = {"sha256": bytes_hash(weights), "seed": module.hparams["seed"], "commit": _commit(), **row}
        rows = pd.DataFrame(self.rows).to_csv(index=False, float_format="%.5g")
        write_together(
            {
                self.folder / "log.csv": rows.encode(),
                self.folder / "prior-fitted.safetensors": weights,
                self.folder / "prior-fitted.json": f"{json.dumps(record, indent=2)}\n".encode(),
            }
        )
        self.progress.row(row)


def _commit() -> str:
    """The commit of the code, "" without git or outside a checkout; "+" after it says that files differ."""
    git = shutil.which("git")
    if git is None:
        return ""
    words = [git, "-C", str(Path(__file__).parent), "describe", "--always", "--abbrev=40", "--dirty=+"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
