"""Pretraining in workers of a Ray cluster: Ray Train starts them, Lightning averages their gradients."""

import shutil
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from rich.console import Console

from benchmark.pretraining.run import Engine
from benchmark.progress.pretraining import PretrainingProgress
from benchmark.running.launchers.side_by_side import ATTEMPTS
from benchmark.running.ray_cluster import ray_cluster
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError

POLL_SECONDS = 0.5


def pretrain_on_ray(
    train: Callable[..., object], *, folder: Path, steps: int, hardware: Hardware, console: Console
) -> None:
    """Train in as many workers as there are processes, wherever the cluster has room for them.

    A group that loses a worker is started again, and goes on from the folder's checkpoint.

    Args:
        train: :func:`benchmark.pretraining.run.pretrain_network` with all but ``console`` and
            ``make_engine``.
        folder: its folder, which every machine of the cluster has to see.
        steps: of the whole run.
        hardware: where to.
        console: shows a line per check.

    Raises:
        UserError: if the cluster is too small, or for what a worker raises.
    """
    with ray_cluster() as ray:
        has = ray.cluster_resources()
        for resource in ("CPU", "GPU") if hardware.accelerator == "gpu" else ("CPU",):
            if has.get(resource, 0) < hardware.processes:
                raise UserError(
                    f"--devices × --num_nodes is {hardware.processes}, but the Ray cluster has "
                    f"{has.get(resource, 0):.0f} {resource}s: ask for fewer, or add machines"
                )
        group = _Group(train, folder=folder.resolve(), hardware=hardware)
        with PretrainingProgress(console=console, steps=steps) as progress:
            group.follow(progress)


class _Group:
    """The workers, in the care of a thread: Ctrl-C is for the main one, and Ray would take it over there."""

    def __init__(self, train: Callable[..., object], *, folder: Path, hardware: Hardware) -> None:
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchTrainer

        self._log = folder / "log.csv"
        self._of_ray = folder / ".ray"
        self._trainer = TorchTrainer(
            partial(_train, train),
            scaling_config=ScalingConfig(
                num_workers=hardware.processes, use_gpu=hardware.accelerator == "gpu"
            ),
            run_config=RunConfig(
                name=self._of_ray.name,
                storage_path=str(folder),
                failure_config=FailureConfig(max_failures=ATTEMPTS - 1),
            ),
        )
        self._error: Exception | None = None

    def follow(self, progress: PretrainingProgress) -> None:
        """Train, and show every row that is added to the log."""
        shown = len(self._rows())
        thread = threading.Thread(target=self._fit, daemon=True)
        thread.start()
        while thread.is_alive() or shown < len(self._rows()):
            for row in self._rows()[shown:]:
                progress.row(row)
                shown += 1
            time.sleep(POLL_SECONDS)
        shutil.rmtree(self._of_ray, ignore_errors=True)
        if self._error is not None:
            raise _own_error(self._error)

    def _fit(self) -> None:
        try:
            self._trainer.fit()
        except Exception as error:
            self._error = error

    def _rows(self) -> list[dict[str, float]]:
        rows = pd.read_csv(self._log) if self._log.is_file() else pd.DataFrame()
        return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _train(train: Callable[..., object]) -> None:
    """What a worker does."""
    train(console=Console(quiet=True), make_engine=_ray_engine)


def _ray_engine(hardware: Hardware) -> Engine:  # noqa: ARG001  # the cluster knows
    from ray.train.lightning import RayDDPStrategy, RayLightningEnvironment

    strategy = RayDDPStrategy(find_unused_parameters=True)  # type: ignore[no-untyped-call]  # of Ray
    return Engine("auto", 1, strategy, (RayLightningEnvironment(),))  # type: ignore[no-untyped-call]  # Ray's


def _own_error(error: Exception) -> Exception:
    """The mistake of a user among the errors of the workers; without one, the error itself."""
    of_workers = getattr(error, "worker_failures", {})
    return next((each for each in of_workers.values() if isinstance(each, UserError)), error)
