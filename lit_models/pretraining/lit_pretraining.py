"""The Lightning module that trains a grid network on synthetic worlds."""

from typing import Any, NamedTuple

import pytorch_lightning as pl
import torch
from torch import Tensor
from torch.optim import AdamW, Muon, Optimizer

from datamodules.errors import UserError
from lit_models.layers.grid_network import GridNetwork, Reading
from lit_models.pretraining.curriculum import depth_at, rate_at
from lit_models.pretraining.synthetic_data import STEPS_PER_EPOCH
from lit_models.prior.episodes import SyntheticBatch

WIDTH, DEPTH = 96, 8
MATRIX_RATE = 0.02
OTHER_RATE = 2e-3
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0


class Losses(NamedTuple):
    """Of one batch.

    Attributes:
        value: [] float, mean negative log-density of the hidden z-scores, in nats.
        rank: [] float, mean squared error of the standardised ranks; 1 for a constant prediction.
        correlation: [] float, mean over targets of the correlation of predicted and true rank.
    """

    value: Tensor
    rank: Tensor
    correlation: Tensor


class LitPretraining(pl.LightningModule):
    """Minimises the sum of two losses: log-density of hidden z-scores, squared error of their ranks.

    The expected rank is the score of the highest expected Spearman correlation, so the second loss trains
    what rankings are made of and the first what intervals are made of. Weight matrices of the layers are
    trained by Muon (Jordan et al., 2024), all else by AdamW. An epoch is 100 steps; a checkpoint at its end
    holds all that is needed to go on exactly as without the break. Losses are means over the cells of all
    processes, so several take the steps that one would on the worlds of all of them.

    Logs ``validation_value_loss``, ``validation_rank_loss`` and ``validation_correlation`` on synthetic
    worlds.

    Args:
        steps: of the whole run.
        seed: of initial weights and of the worlds.
        width: of a cell.
        depth: layers in the end; see :data:`lit_models.pretraining.curriculum.DEPTHS`.

    Attributes:
        network: what is trained.
        recent: losses of the last epoch's steps.
        worlds: worlds seen so far, by all processes.
    """

    worlds: Tensor

    def __init__(self, *, steps: int, seed: int = 0, width: int = WIDTH, depth: int = DEPTH) -> None:
        super().__init__()
        # Plain numbers, not the checked ones of a command line: a checkpoint is read without running code.
        steps, seed, width, depth = int(steps), int(seed), int(width), int(depth)
        self.save_hyperparameters({"steps": steps, "seed": seed, "width": width, "depth": depth})
        self.automatic_optimization = False  # Lightning's own takes a single optimiser
        self.steps = steps
        self.depth = depth
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = GridNetwork(width=width, depth=depth)
        self.register_buffer("worlds", torch.zeros((), dtype=torch.int64))
        self.recent: list[Losses] = []

    @property
    def step(self) -> int:
        """Steps taken so far."""
        return int(self.trainer.current_epoch) * STEPS_PER_EPOCH + len(self.recent)

    def depth_at(self, step: int) -> int:
        """Layers in use at a step."""
        return min(depth_at(step), self.depth)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Refuse the checkpoint of another run."""
        for name in ("seed", "width", "depth"):
            was, now = checkpoint["hyper_parameters"][name], self.hparams[name]
            if was != now:
                raise UserError(f"the checkpoint is of {name} {was}, not {now}: use another folder")

    def on_train_epoch_start(self) -> None:
        """Forget the losses of the last epoch."""
        self.recent = []

    def training_step(self, batch: SyntheticBatch, _: int) -> None:
        """One step of both optimisers."""
        share = rate_at(self.step, steps=self.steps)
        losses = self.losses(batch, depth=self.depth_at(self.step))
        optimizers = self.optimizers()
        assert isinstance(optimizers, list)  # there are two
        for optimizer, rate in zip(optimizers, (MATRIX_RATE, OTHER_RATE), strict=True):
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group["lr"] = rate * share
        self.manual_backward(losses.value + losses.rank)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        for optimizer in optimizers:
            optimizer.step()
        self.worlds += len(batch.truth) * self.trainer.world_size
        self.recent.append(Losses(*(loss.detach() for loss in losses)))

    def validation_step(self, batch: SyntheticBatch, _: int) -> None:
        """Losses on worlds that no step trains on."""
        for name, loss in self.losses(batch, depth=self.depth_at(self.step - 1))._asdict().items():
            ending = "correlation" if name == "correlation" else f"{name}_loss"
            self.log(f"validation_{ending}", loss, batch_size=1, sync_dist=True)

    def losses(self, batch: SyntheticBatch, *, depth: int) -> Losses:
        """What the network's reading of a batch costs, by its first layers; means over processes count."""
        cells = batch.asked | batch.ranked
        reading: Reading = self.network(batch.graph, batch.channels, cells=cells, depth=depth)
        asked, ranked = batch.asked[cells], batch.ranked[cells]
        surprise = -reading.value.log_density(batch.truth[cells])
        error = (reading.rank - batch.rank[cells]).square()
        predicted = torch.zeros_like(batch.rank)
        predicted[cells] = reading.rank.detach().to(predicted)
        # What the gradient of a process is divided by, as gradients are averaged over processes.
        count = torch.stack([asked.sum(), ranked.sum()]).float()
        count = self.trainer.strategy.reduce(count, reduce_op="mean").clamp(min=1)
        return Losses(
            value=(surprise * asked).sum() / count[0],
            rank=(error * ranked).sum() / count[1],
            correlation=_correlation(predicted, batch.rank, batch.ranked),
        )

    def configure_optimizers(self) -> list[Optimizer]:
        """Muon for the matrices of the layers, AdamW for the rest."""
        matrices = [weight for weight in self.network.layers.parameters() if weight.ndim == 2]
        chosen = {id(weight) for weight in matrices}
        others = [weight for weight in self.network.parameters() if id(weight) not in chosen]
        return [
            Muon(matrices, lr=MATRIX_RATE, weight_decay=WEIGHT_DECAY),
            AdamW(others, lr=OTHER_RATE, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98)),
        ]


def _correlation(predicted: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Pearson's, within the mask of each column, averaged over columns that have a mask: [] float."""
    count = mask.sum(-2, keepdim=True).clamp(min=1)

    def centred(value: Tensor) -> Tensor:
        inside = value * mask
        return (inside - inside.sum(-2, keepdim=True) / count) * mask

    one, other = centred(predicted), centred(truth)
    scale = (one.square().sum(-2) * other.square().sum(-2)).sqrt().clamp(min=1e-6)
    return ((one * other).sum(-2) / scale)[mask.any(-2)].mean()
