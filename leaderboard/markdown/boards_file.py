"""``BOARDS.md``: all rankings, boards and claims of the committed results, generated from them alone."""

from collections.abc import Sequence
from itertools import groupby

from benchmark.reporting.terminal_boards import headline_words, marked_name
from benchmark.results.schema import Place
from benchmark.sets.result import SetResult
from leaderboard.boards.aggregate import Board, absent_models
from leaderboard.boards.denoising import DenoisingRow
from leaderboard.boards.limit_words import limit_words, share_words
from leaderboard.boards.overall import Overall, dataset_order, field_of, make_overalls
from leaderboard.boards.reliability import Reliability, reliability
from leaderboard.boards.standings import Standing, standings
from leaderboard.claims.across import AcrossDatasets, claims_across
from leaderboard.claims.report import NOTES, claims_table
from leaderboard.claims.side_information import side_claims_across, side_findings
from leaderboard.claims.verdicts import findings
from leaderboard.markdown.claims_across import claims_across_table, claims_by_dataset_table
from leaderboard.markdown.coverage import coverage_section
from leaderboard.markdown.denoising import denoising_parts
from leaderboard.markdown.fidelity import fidelity_section
from leaderboard.markdown.limits import limits_table
from leaderboard.markdown.overall import (
    agreement_table,
    headroom_words,
    overall_title,
    ranking_table,
    score_tables,
    verdict_table,
)
from leaderboard.markdown.planning import budget_section, new_target_section
from leaderboard.markdown.sets import sets_section
from leaderboard.markdown.tables import markdown_table, plain
from leaderboard.page.rows import COLUMNS, make_row
from recovery.tracks.campaign.result import PlanResult
from recovery.tracks.coverage.result import CoverageResult
from recovery.tracks.fidelity.result import FidelityResult

HEAD = """\
# Boards and claims

Generated from the result files by `make boards`; do not edit. The protocol is explained in
[docs/protocol.md](../docs/protocol.md), the models in [docs/models.md](../docs/models.md). `make leaderboard`
builds a page of the same boards, with figures and filters.

Scores are per-target Spearman ± half the width of the 95 % interval, over targets and splits."""

OVERALL = """\
Mean rank over datasets, with its 95 % interval (bootstrap over datasets), among the models with a complete
result on all of them, and the mean score per field. The best of a column is in bold. A dataset counts once:
by its headline matrix, or over all regimes by the mean over its matrices. Tables of more than 60 tasks run a
shorter list of models, and only models on that list can be complete."""

VERDICTS = """\
How probable it is that the leader, and the best fitted model without an encoder, is better than, within .01
of, or worse than each model: Bayesian signed-rank test over datasets (Benavoli et al., JMLR 2017). Beside it
the Wilcoxon signed-rank test with Holm's correction. Both references are picked by the scores that are
compared, which favours them."""

AGREEMENT = "Agreement of two datasets on the order of the ranked models (Spearman over models):"

LIMITS = """\
Reliability is how well a second measurement that is as good would order the sources of a target (per-target
Spearman over whole columns). It rests on split halves of the *replicates* (Spearman–Brown corrected, 20
random halvings), is *simulated* from the noise that the seeds of the plain model show per target, or is that
of the matrix *measured again* in another regime; *evaluation only* means the same networks on other examples,
a bound that leaves the noise of training out. A share of attainable is a score divided by it: at 100 %,
recovering orders sources as well as measuring once more does. A model that knew the noise-free matrix would
score about the square root of the reliability, so a share may pass 100 %.

† A source mean alone, one ranking for all targets, reaches nine tenths or more of the best score: such a
board hardly tells models apart."""

DENOISING = """\
Models see one run (training seed) of every transfer, a third of the transfers hidden; the truth is the mean
of the other runs. Scores are per-target Spearman with it, of the model's values and of the one run itself on
the same cells; intervals are 95 %, bootstrap over runs and targets. Each run is the given one in turn. A
measured cell is *shrunk* to the model's posterior mean given all measured cells, this one included (Gaussian
processes, which assume their own amount of noise), or by weighing its measurement against its prediction from
the other measured cells (*combined*: five folds, with the noise that `matrix-normal` assumes). Nothing was
tuned on these runs, and only models that are not trained are compared."""

BOARDS = """\
Comparisons with the best fitted model without an encoder and with the leader are verdicts of the corrected
resampled t-test over the same splits, with Holm's correction over the board's models. Both references are
selected by the scores being compared, which favours them."""

CLAIMS = """\
Over datasets: the mean difference of per-target Spearman, first minus second, with its 95 % interval
(bootstrap over datasets), and how probable it is that the first is better, the same within .01, or worse
(Bayesian signed-rank test over datasets; Wilcoxon with Holm's correction over the claims)."""

SIDE = """\
The same models with and without a kind of task embedding Z, or pair features
([docs/embeddings.md](../docs/embeddings.md)). Models that ignore it are left out. As for the claims, with
Holm's correction over this family."""


def boards_file(
    boards: Sequence[Board],
    *,
    denoising: Sequence[DenoisingRow] = (),
    coverage: Sequence[CoverageResult] = (),
    fidelity: Sequence[FidelityResult] = (),
    new_target: Sequence[PlanResult] = (),
    budget: Sequence[PlanResult] = (),
    sets: Sequence[SetResult] = (),
) -> str:
    """Write every ranking, board and claim as Markdown.

    Args:
        boards: any boards.
        denoising: recovered and shrunken cells beside single runs; none for no such section.
        coverage: results of the coverage track.
        fidelity: results of the fidelity track.
        new_target: results of the new-target track.
        budget: results of the budget track.
        sets: results of the sets track.

    Returns:
        The file's text, with a trailing newline. It has no times or dates, so that two runs with the same
        metrics give the same text.
    """
    boards = sorted(boards, key=lambda board: _order(board.place))
    overalls = make_overalls(boards)
    parts = [HEAD, "## Over all datasets", OVERALL]
    for overall in overalls:
        parts += [f"### {overall_title(overall)}", *_overall(overall)]
    parts += ["## What noise allows, and what a source mean explains", LIMITS, limits_table(boards)]
    if denoising:
        parts += ["## Recovered, shrunk, or measured once", DENOISING, *denoising_parts(denoising)]
    parts += coverage_section(coverage)
    parts += [*fidelity_section(fidelity), *new_target_section(new_target), *budget_section(budget)]
    parts += sets_section(sets)
    parts += ["## Each board", BOARDS]
    for field, own in groupby(boards, key=lambda board: field_of(board.place.dataset)):
        parts += [f"### {field.capitalize()}"]
        for board in own:
            parts += [f"#### {plain(board.place.title)}", *_board(board, absent=absent_models(board, boards))]
    parts += ["## Claims", CLAIMS]
    for overall in overalls:
        parts += _claims(overall, claims_across(overall))
    parts += ["## What side information is worth", SIDE]
    for overall in overalls:
        parts += _claims(overall, side_claims_across(overall))
    answers = [(board, findings(board) + side_findings(board)) for board in boards]
    parts += ["## Claims on each board", claims_table(answers), NOTES]
    return "\n\n".join(parts) + "\n"


def _overall(overall: Overall) -> list[str]:
    parts = [ranking_table(overall), headroom_words(overall)]
    verdicts = verdict_table(overall)
    if verdicts:
        parts += [VERDICTS, verdicts]
    for field, table in score_tables(overall):
        parts += [f"**{field.capitalize()}**", table]
    if len(overall.units) > 1:
        parts += [AGREEMENT, agreement_table(overall)]
    return [part for part in parts if part]


def _claims(overall: Overall, answers: Sequence[AcrossDatasets]) -> list[str]:
    if not any(answer.datasets for answer in answers):
        return []
    return [
        f"### {overall_title(overall)}",
        claims_across_table(answers),
        claims_by_dataset_table(answers),
    ]


def _board(board: Board, *, absent: Sequence[str]) -> list[str]:
    ranked = standings(board)
    known = reliability(board.place)
    columns = [name for name in COLUMNS if any(name in each.metrics for each in board.results)]
    headings = ["rank", "model", "encoder", "Z", "against the baseline", "against the leader", "Spearman"]
    shares = ["share of attainable"] if known else []
    table = markdown_table(
        [*headings, *shares, *(COLUMNS[name] for name in columns)],
        [_cells(each, columns, known) for each in ranked],
        numbers=1 + len(shares) + len(columns),
    )
    lines = [limit_words(board), table]
    if absent:
        names = plain(", ".join(absent))
        lines.append(f"Not on this board, because not run or not able to rank here: {names}.")
    return [line for line in lines if line]


def _cells(standing: Standing, columns: list[str], known: Reliability | None) -> list[str]:
    row = make_row(standing, columns)
    return [
        row.incomplete or str(row.rank),
        marked_name(standing.result),
        row.encoder,
        row.z,
        row.baseline.words if row.baseline else "–",
        row.leader.words if row.leader else "–",
        headline_words(standing.result) if row.score else "–",
        *([share_words(known, row.score)] if known else []),
        *("–" if number is None else f"{number:.3f}" for number in row.numbers),
    ]


def _order(place: Place) -> tuple[int, str, str, str, bool, str]:
    return (*dataset_order(place), place.regime, place.label, place.setting == "inductive", place.mask or "")
