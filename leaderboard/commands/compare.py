"""``affinity-bench compare``: examine the benchmark's claims on the results."""

from collections.abc import Iterable
from pathlib import Path

from benchmark.cli_arguments import listed
from benchmark.reporting.refused import say_refused
from datamodules.errors import UserError, unknown_name
from leaderboard.boards.aggregate import find_results, make_boards
from leaderboard.claims.report import print_findings
from leaderboard.claims.side_information import side_findings
from leaderboard.claims.verdicts import findings


def compare(
    results: Path = Path("results"), dataset: str = "", setting: str = "", pairs: bool = False
) -> int:
    """Compare models: directed or not, with or without each kind of Z, pair features or message passing.

    Every claim is examined on every board, over pairs of models that differ only in the aspect it names.
    Quote the mean over all pairs; the notes below the table name the claims that select models by the scores
    being compared.

    Args:
        results: output folder of `affinity-bench run`.
        dataset: restrict to these datasets, separated by commas.
        setting: restrict to transductive or inductive.
        pairs: also show every pair.

    Returns:
        Exit code 0.
    """
    found = find_results(results, refuse=say_refused)
    datasets = _chosen("dataset", dataset, {result.place.dataset for result in found})
    settings = _chosen("setting", setting, {result.place.setting for result in found})
    wanted = [each for each in found if each.place.dataset in datasets and each.place.setting in settings]
    if not wanted:
        raise UserError(
            f"no results for {dataset}, {setting} under {results.resolve()}: drop --dataset or --setting"
        )
    boards = make_boards(wanted)
    print_findings([(board, findings(board) + side_findings(board)) for board in boards], pairs=pairs)
    return 0


def _chosen(kind: str, text: str, known: Iterable[str]) -> set[str]:
    names = set(listed(text))
    for name in names - set(known):
        raise unknown_name(f"{kind} in these results", name, known)
    return names or set(known)
