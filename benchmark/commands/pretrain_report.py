"""``affinity-bench pretrain-report``: what a trained network does on published tables, and two figures."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from jsonargparse.typing import PositiveInt
from rich.table import Table

from benchmark.pretraining.figures import write_figures
from benchmark.pretraining.zero_shot import ADDED, DEVELOPMENT, zero_shot
from benchmark.reporting.console import make_console, say
from datamodules.errors import UserError
from lit_models.loading.weights import bytes_hash, load_network


def pretrain_report(
    *,
    run: Path = Path("pretrained/prior-fitted"),
    out: Path = Path("docs/prior-fitted"),
    worlds: PositiveInt = 1000,
    final: bool = False,
) -> int:
    """Say how a network does on the tables that shaped its prior, and draw the prior and the training run.

    Args:
        run: folder of the run, with log.csv and prior-fitted.safetensors.
        out: folder for prior.svg and training.svg.
        worlds: synthetic worlds that the tables are held against.
        final: read the protocol's splits, which no choice may be made on, in place of development splits.

    Returns:
        Exit code: 0.
    """
    weights = run / "prior-fitted.safetensors"
    if not weights.is_file() or not (run / "log.csv").is_file():
        raise UserError(
            f"run {run}: there are no weights and no log.csv: a training run writes both at its checks"
        )
    torch.set_num_threads(1)
    network = load_network(weights, sha256=bytes_hash(weights.read_bytes()))
    console = make_console()
    console.print("the protocol's splits" if final else "development splits")
    for title, tables in _groups(final=final).items():
        found = zero_shot(network, depth=len(network.layers), development=not final, tables=tables)
        table = Table(title, "per-target Spearman", "coverage of 90 % intervals")
        for name, row in found.items():
            table.add_row(name, f"{row.spearman:.3f}", f"{row.coverage:.3f}")
        means = np.mean(list(found.values()), axis=0)
        table.add_row("mean", *(f"{mean:.3f}" for mean in means))
        console.print(table)
    for file in write_figures(run=run, out=out, worlds=worlds):
        say(console, file)
    return 0


def _groups(*, final: bool) -> dict[str, Mapping[str, tuple[str, ...]]]:
    shaped = {"known when the prior was drawn up": DEVELOPMENT}
    return {**shaped, "added since": ADDED} if final else shaped
