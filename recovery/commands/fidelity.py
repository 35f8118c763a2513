"""``affinity-bench fidelity``: run the fidelity track."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.cli_arguments import listed
from benchmark.reporting.console import make_console
from recovery.commands.track_parts import TrackPart, run_parts
from recovery.tracks.fidelity.board import terminal_board
from recovery.tracks.fidelity.matrices import CheapAndDear, matrices_of
from recovery.tracks.fidelity.models import MODELS
from recovery.tracks.fidelity.result import FidelityResult, FidelitySubject, finished
from recovery.tracks.fidelity.run import make_subject, run_matrices
from recovery.tracks.fidelity.starts import SHARES, STARTS


def fidelity(
    dataset: str = "all",
    model: str = "",
    starts: PositiveInt = STARTS,
    out: Path = Path("results-fidelity"),
    force: bool = False,
) -> int:
    """Run the fidelity track: what is a cheap matrix worth to one who measures a share of the dear one?

    A cheap matrix, such as that of smaller networks, is known in full, and 10, 20 or 40 % of the dear one;
    the rest of it is recovered with the cheap matrix as a pair feature, and without it. What is there already
    is not run again.

    Args:
        dataset: name of a dataset with a cheap and a dear matrix, several separated by commas, or all.
        model: names of models; +pairs after a name gives it the cheap matrix. auto and auto+pairs choose by
            cross-validation, as affinity-bench recover does, among models that are not trained. Your own
            models: file.py:Class, a class path, or a YAML file.
        starts: choices of known transfers at each share.
        out: folder for the result files.
        force: run again what is there.

    Returns:
        Exit code 0.
    """
    models = listed(model) or list(MODELS)
    parts = [
        TrackPart(
            matrices.title,
            [make_subject(matrices, each, count=starts) for each in models],
            partial(_run, matrices),
            pieces=starts * len(SHARES),
        )
        for matrices in matrices_of(dataset)
    ]
    results = run_parts(parts, finished=finished, out=out, force=force, pieces="starts")
    make_console().print(terminal_board(results))
    return 0


def _run(
    matrices: CheapAndDear, subjects: Sequence[FidelitySubject], advance: Callable[[], None]
) -> list[FidelityResult]:
    return run_matrices(matrices, subjects, on_start=advance)
