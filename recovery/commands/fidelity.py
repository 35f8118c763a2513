"""``affinity-bench fidelity``: run the fidelity track."""

from pathlib import Path

from jsonargparse.typing import PositiveInt

from benchmark.cli_arguments import listed
from benchmark.reporting.terminal_boards import make_console
from benchmark.results.atomic_files import check_writable
from recovery.progress import TrackProgress
from recovery.tracks.fidelity.board import terminal_board
from recovery.tracks.fidelity.matrices import matrices_of
from recovery.tracks.fidelity.models import MODELS
from recovery.tracks.fidelity.result import FidelityResult, finished
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
    plan = []
    results: list[FidelityResult] = []
    for matrices in matrices_of(dataset):
        subjects = [make_subject(matrices, each, count=starts) for each in models]
        there = {} if force else {each.model: finished(out, each) for each in subjects}
        results += [found for found in there.values() if found]
        plan.append((matrices, [each for each in subjects if not there.get(each.model)]))
    check_writable(out)
    console = make_console()
    pieces = sum(starts * len(SHARES) for _, missing in plan if missing)
    with TrackProgress(console=console, pieces="starts", total=pieces) as progress:
        for matrices, missing in plan:
            if not missing:
                progress.finish(f"{matrices.title}: already there")
                continue
            made = run_matrices(matrices, missing, on_start=progress.advance)
            for result in made:
                result.write(out)
            results += made
            progress.finish(f"{matrices.title}: {', '.join(each.model for each in missing)}")
    console.print(terminal_board(results))
    return 0
