"""How much faster are all replicas in one run than a plain Lightning run for each?

    .venv/bin/python tests/speed/replicas.py

Trains the same 21 splits × 8 members of one model as (a) one LitRecovery run and (b) one ``Trainer.fit`` a
replica: once with ``Trainer(max_epochs=400)`` and nothing else, so that Lightning logs, shows bars, and
validates and writes a checkpoint every epoch; and once with logging, checkpoints and bars off and validation
every 5 epochs, as in (a). In turn, in one process, on one thread. (b) is timed on a few replicas. The final
losses must agree, or the script fails.
"""

import contextlib
import io
import logging
import os
import statistics
import tempfile
import time
import warnings

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from benchmark.running.trainer import CHECK_EVERY_EPOCHS, Hardware, make_trainer
from datamodules.dataset_datamodule import DatasetDataModule
from datamodules.graph import Episode
from lit_models.base import RecoveryModel, masked_squared_error
from lit_models.registry import load_model, model_factory
from lit_models.training.lit_recovery import LitRecovery
from lit_models.training.replicas import initial_weights, replica_keys

MODEL = "source-target-profile"
EPOCHS = 400
MEMBERS = 8
ROUNDS = 3
PLAIN_REPLICAS = 3
NEVER = 10**6  # patience: both sides train to the end


class PlainRecovery(pl.LightningModule):
    """What one would write without LitRecovery: one model, one episode."""

    def __init__(self, model: RecoveryModel, *, number: int, member: int) -> None:
        super().__init__()
        self.model = model
        self.number = number
        self.member = member
        self.best_loss = float("inf")
        self.best_state: dict[str, Tensor] = {}
        self.last_loss = torch.tensor(0.0)

    def _keyed(self, episode: Episode) -> Episode:
        keys = replica_keys(
            seed=0, numbers=torch.tensor([self.number]), members=MEMBERS, step=self.global_step + 1
        )
        return episode._replace(graph=episode.graph._replace(key=keys[0, self.member]))

    def training_step(self, episode: Episode, _: int) -> Tensor:
        graph = self._keyed(episode).graph
        loss = self.model.loss(graph, self.model(graph))
        self.last_loss = loss.detach()
        self.log("train_loss", loss, batch_size=1)
        return loss

    def validation_step(self, episode: Episode, _: int) -> None:
        mask, value = episode.validation
        loss = masked_squared_error(self.model(episode.graph), value, mask)
        self.log("validation_loss", loss, batch_size=1)
        if loss < self.best_loss:
            self.best_loss = float(loss)
            self.best_state = {name: each.clone() for name, each in self.model.state_dict().items()}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.model.parameters(), lr=0.02, weight_decay=0.1, fused=True)


def fit_all(datamodule: DatasetDataModule) -> tuple[float, LitRecovery]:
    """(a): seconds for every replica, and what was trained."""
    started = time.perf_counter()
    module = LitRecovery.for_data(
        model_factory(load_model(MODEL)), datamodule, members=MEMBERS, patience=NEVER
    )
    make_trainer(Hardware(), epochs=EPOCHS, callbacks=[]).fit(module, datamodule=datamodule)
    return time.perf_counter() - started, module


def fit_plain(datamodule: DatasetDataModule, *, position: int, quiet: bool) -> tuple[float, float]:
    """(b): seconds for one replica, and its last training loss."""
    episode = datamodule.episode(position, stage="fit")
    number = datamodule.splits[position].number
    started = time.perf_counter()
    build = model_factory(load_model(MODEL))
    keys = replica_keys(seed=0, numbers=torch.tensor([number]), members=MEMBERS, step=0)
    weights = initial_weights(lambda: build(datamodule.num_tasks, 0), keys=keys[:, :1])
    model = build(datamodule.num_tasks, 0)
    model.load_state_dict({name: value[0, 0] for name, value in weights.items()})
    module = PlainRecovery(model, number=number, member=0)
    loader = DataLoader([episode], batch_size=None)  # type: ignore[arg-type]  # a list is a dataset
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        switches = (
            {
                "check_val_every_n_epoch": CHECK_EVERY_EPOCHS,
                "logger": False,
                "enable_checkpointing": False,
                "enable_progress_bar": False,
                "enable_model_summary": False,
            }
            if quiet
            else {}
        )
        trainer = pl.Trainer(accelerator="cpu", max_epochs=EPOCHS, default_root_dir=folder, **switches)
        trainer.fit(module, loader, loader)
    return time.perf_counter() - started, float(module.last_loss)


def main() -> None:
    """Run both in turn and print the ratios."""
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    datamodule = DatasetDataModule(dataset="taskonomy")
    replicas = len(datamodule.splits) * MEMBERS
    ratios: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(ROUNDS):
        seconds, module = fit_all(datamodule)
        together = seconds / replicas
        print(f"round {turn + 1}: LitRecovery {together * 1e3:.1f} ms a replica", flush=True)
        for quiet in (False, True):
            timed = [
                fit_plain(datamodule, position=position, quiet=quiet) for position in range(PLAIN_REPLICAS)
            ]
            for position, (_, loss) in enumerate(timed):
                expected = float(module.curve[-1].train_loss[position, 0])
                if abs(loss - expected) > 1e-3 * expected:
                    raise SystemExit(f"split {position}: final loss {loss} is not {expected}")
            plain = statistics.mean(each for each, _ in timed)
            ratios[quiet].append(plain / together)
            words = "quiet Lightning" if quiet else "Lightning's defaults"
            print(f"  {words}: {plain * 1e3:.0f} ms a replica, ratio {plain / together:.0f}", flush=True)
    for quiet, words in ((False, "Lightning's defaults"), (True, "logging, checkpoints and bars off")):
        spread = ", ".join(f"{ratio:.0f}" for ratio in ratios[quiet])
        print(f"against {words}: {statistics.median(ratios[quiet]):.0f} times faster a replica ({spread})")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
