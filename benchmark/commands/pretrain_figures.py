"""``affinity-bench pretrain-figures``: pictures of the prior and of a training run."""

from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.pretraining.figures import write_figures
from datamodules.errors import UserError


def pretrain_figures(
    *,
    run: Path = Path("pretrained/prior-fitted"),
    out: Path = Path("docs/prior-fitted"),
    worlds: PositiveInt = 1000,
) -> int:
    """Draw whether the prior of pretraining covers real tables, and how a training run went.

    Args:
        run: folder of the run, with log.csv.
        out: folder for prior.svg and training.svg.
        worlds: synthetic worlds that the tables are held against.

    Returns:
        Exit code: 0.
    """
    if not (run / "log.csv").is_file():
        raise UserError(f"run {run}: there is no log.csv: it is written at the first check of a training run")
    for file in write_figures(run=run, out=out, worlds=worlds):
        print(file)
    return 0
