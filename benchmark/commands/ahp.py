"""``affinity-bench ahp``: compute an affinity matrix from losses or pairwise wins."""

from pathlib import Path

import numpy as np
import pandas as pd
from rich import box
from rich.table import Table

from benchmark.reporting.console import make_console, say
from datamodules.errors import UserError
from measurement.ahp import ahp as normalise
from measurement.games import read_games


def ahp(path: Path, /, *, out: Path = Path("affinity.csv"), log: bool = False) -> int:
    """Normalise per-sample losses, or a table of pairwise wins, by the Analytic Hierarchy Process.

    Reads CSV or Parquet with the columns source, target, sample and loss (lower is better), or source,
    opponent, target and wins (the share of samples on which the source beats the opponent). The affinities of
    a target sum to 1.

    Args:
        path: file with the losses or wins.
        out: CSV file for the affinities (source, target, value), an input for make bench DATASET=.
        log: write log affinities, which the benchmark's own matrices use.

    Returns:
        Exit code 0.
    """
    if out.exists() and path.exists() and out.samefile(path):
        raise UserError(f"{out}: this is the input and would be overwritten. Choose another file with --out.")
    games = read_games(path)
    summary = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("target", "best source"):
        summary.add_column(heading)
    for heading in ("affinity", "sources", "samples", "consistency index"):
        summary.add_column(heading, justify="right")
    parts = []
    for target, game in games.items():
        share, _, index = normalise(game.wins)
        parts.append(
            pd.DataFrame({"source": game.names, "target": target, "value": np.log(share) if log else share})
        )
        best = int(share.argmax())
        samples = "–" if game.samples is None else str(game.samples)
        summary.add_row(
            target, game.names[best], f"{share[best]:.3f}", str(len(share)), samples, f"{index:.3f}"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    pd.concat(parts).to_csv(out, index=False)
    console = make_console()
    console.print(summary)
    say(console, f"written: {out}")
    return 0
