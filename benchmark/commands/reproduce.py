"""``affinity-bench reproduce``: the gravity paper's link prediction with the benchmark's models."""

from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.console import Console
from rich.progress import Progress

from benchmark.link_prediction.board import LinkCell, link_board
from benchmark.link_prediction.experiment import PAPER_MODELS, run_seed
from benchmark.reporting.console import make_console, say
from datamodules.errors import UserError
from datamodules.links.citation import read_citations, read_cora
from datamodules.links.splits import LINK_TASKS, DirectedGraph, LinkTask, make_link_split
from datamodules.worker_pool import worker_pool


def reproduce(graph: str = "", /, *, seeds: PositiveInt = 10) -> int:
    """Predict the links of a citation graph with six autoencoders, as in Salha et al. (2019).

    Args:
        graph: path of a directed edge list, one edge per line: cited node, tab, citing node. If omitted:
            Cora, compared with the published figures.
        seeds: number of runs per model and task, at least 2, each with a different split, initial weights
            and noise.

    Returns:
        Exit code: 0, or 1 if a published figure is missed by more than two standard deviations.
    """
    if seeds < 2:
        raise UserError(f"a standard deviation needs at least 2 seeds, got {seeds}")
    console = make_console()
    compare = not graph
    whole = read_citations(Path(graph)) if graph else read_cora()
    cells: list[LinkCell] = []
    with (
        worker_pool() as pool,
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        pending = [
            (
                model,
                task,
                [pool.submit(run_seed, whole, model=model, task=task, seed=seed) for seed in range(seeds)],
            )
            for task in _possible_tasks(whole, console)
            for model in PAPER_MODELS
        ]
        everything = bar.add_task("runs", total=len(pending) * seeds)
        for model, task, runs in pending:
            scores = []
            for run in runs:
                scores.append(run.result())
                bar.advance(everything)
            auc, ap = zip(*scores, strict=True)
            cells.append(LinkCell(model, task, auc, ap))
            line = f"[{len(cells)}/{len(pending)}] {cells[-1].summary(compare=compare)}"
            say(console, line)
    title = f"{whole.name}: {whole.num_nodes} nodes, {len(whole.edges)} edges; {seeds} seeds, mean ± sd, in %"
    console.print()
    console.print(link_board(cells, title=title, compare=compare))
    if not compare:
        return 0
    met = sum(cell.mark == "✓" for cell in cells)
    console.print(f"{met} of {len(cells)} published AUCs met, within two standard deviations or better")
    return int(met < len(cells))


def _possible_tasks(graph: DirectedGraph, console: Console) -> list[LinkTask]:
    """The tasks with edges to test on; prints why the others are skipped."""
    possible: list[LinkTask] = []
    for task in LINK_TASKS:
        try:
            make_link_split(graph, task=task, seed=0)
        except UserError as error:
            refusal = error
            say(console, error)
        else:
            possible.append(task)
    if not possible:
        raise refusal
    return possible
