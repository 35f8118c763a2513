"""``affinity-bench compare``: the claims of the benchmark, read from result files."""

from collections.abc import Iterable
from pathlib import Path

from datamodules.errors import UserError, unknown_name
from leaderboard.boards.aggregate import find_results, make_boards
from leaderboard.claims.report import print_findings
from leaderboard.claims.verdicts import findings


def compare(
    results: Path = Path("results"), dataset: str = "", setting: str = "", pairs: bool = False
) -> int:
    """Say what results show: directed or not, with Z or without, message passing or not, graph or not.

    Each claim is measured on every board by pairs of models that are alike but for what it names, found in
    the result files themselves. The figure to quote is the mean over all pairs; figures that pick a model by
    the scores they compare say so below the table.

    Args:
        results: folder that `affinity-bench run` wrote to.
        dataset: only these datasets; several are separated by commas.
        setting: only transductive or only inductive.
        pairs: show every pair as well.

    Returns:
        Exit code 0.
    """
    found = find_results(results)
    datasets = _chosen("dataset", dataset, {result.place.dataset for result in found})
    settings = _chosen("setting", setting, {result.place.setting for result in found})
    wanted = [each for each in found if each.place.dataset in datasets and each.place.setting in settings]
    if not wanted:
        raise UserError(
            f"no results of {dataset}, {setting} under {results.resolve()}: ask for one of the two"
        )
    boards = make_boards(wanted)
    print_findings([(board, findings(board)) for board in boards], pairs=pairs)
    return 0


def _chosen(kind: str, text: str, known: Iterable[str]) -> set[str]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    for name in names - set(known):
        raise unknown_name(f"{kind} in these results", name, known)
    return names or set(known)
