"""The boards of the sets track as Markdown."""

from collections.abc import Sequence
from itertools import groupby

from benchmark.sets.board import cells_of, comparisons, set_boards
from benchmark.sets.enough import enough_sources
from benchmark.sets.metric_names import METRICS
from benchmark.sets.result import SetResult
from datamodules.sets.protocol import SETTINGS
from datamodules.sets.published_sets import published_sets
from leaderboard.markdown.tables import markdown_table, plain

INTRODUCTION = """\
Given the single transfers and part of the measured sets, which set of sources is best for a target?
[docs/sets.md](../docs/sets.md) has the protocol and the models. Models rank the hidden sets of each target;
Spearman ± half the width of its 95 % interval, over targets and splits, with all single transfers known and
with two thirds of them. Regret is that of the first, or the best of the first three, as a share of the range
of the target's sets. The gain is the value of the set that is ranked first minus the single affinity of its
best member, in the table's unit. CPU seconds are those of all splits, all pairs known."""

CHOICES = """\
What the best model of the board chooses for each target on the first split: its set, the rank of this set by
measured value, the best hidden set, and the rank that the model gives to that."""

ADDS = """\
What hypergraph models add to the linear surrogate on members and to a set network (Deep Sets), in Spearman
over the same splits, all pairs known: difference, 95 % interval and p-value of the corrected resampled
t-test, not corrected for their number."""

ENOUGH = """\
How many sources are enough: Taskonomy has one chain of nested sets of 5 to 24 sources for each of 18 targets.
The mean over 15 of them of the best set of each size, over the best single source (log AHP affinity), and as
a share of what the best set of any size gives. Sets with `class_selected`, which is no source of the matrix,
are left out, so that fewer targets have large ones."""


def sets_section(results: Sequence[SetResult]) -> list[str]:
    """The boards of the track.

    Args:
        results: of any cells.

    Returns:
        Paragraphs and tables; nothing without results.
    """
    if not results:
        return []
    parts = ["## Sets of sources", INTRODUCTION]

    def place(result: SetResult) -> tuple[str, int]:
        return result.cell.dataset, list(SETTINGS).index(result.cell.setting)

    for (dataset, setting), own in groupby(sorted(results, key=place), key=place):
        name = list(SETTINGS)[setting]
        parts += [f"### {plain(dataset)}: {name}", f"{SETTINGS[name].capitalize()}.", _board(list(own))]
    parts += ["### What a hypergraph model adds", ADDS, _comparisons(results)]
    for result in _leaders(results):
        title = plain(f"### What {result.cell.model.name} chooses on {result.cell.dataset}")
        parts += [title, CHOICES, _choices(result)]
    if any(result.cell.dataset == "taskonomy" for result in results):
        parts += ["### How many sources are enough", ENOUGH, _enough()]
    return parts


def _board(results: Sequence[SetResult]) -> str:
    some = {each.cell.model.name: each for each in results if each.cell.pairs == "2/3"}
    everything = [each for each in results if each.cell.pairs == "all"]
    rows = []
    for result in [result for board in set_boards(everything) for result in board.results]:
        name, spearman, *others = cells_of(result)
        fewer = some.get(result.cell.model.name)
        rows.append([name, spearman, cells_of(fewer)[1] if fewer else "–", *others])
    headings = [
        "model",
        "Spearman, all pairs",
        "2/3 of the pairs",
        *list(METRICS.values())[1:],
        "CPU seconds",
    ]
    return markdown_table(headings, rows, numbers=len(headings) - 1)


def _comparisons(results: Sequence[SetResult]) -> str:
    boards = set_boards([each for each in results if each.cell.pairs == "all"])
    return markdown_table(
        ["board", "model", "against", "difference", "95 % interval", "p"],
        [
            [
                each.title.removesuffix(", all pairs known"),
                each.model,
                each.other,
                f"{each.test.difference:+.3f}",
                f"{each.test.low:+.3f} to {each.test.high:+.3f}",
                f"{each.test.p_value:.3f}",
            ]
            for each in comparisons(boards)
        ],
        numbers=3,
    )


def _leaders(results: Sequence[SetResult]) -> list[SetResult]:
    """The best model of each dataset's headline board."""
    headline = [each for each in results if each.cell.setting == "random" and each.cell.pairs == "all"]
    return [board.results[0] for board in set_boards(headline)]


def _choices(result: SetResult) -> str:
    return markdown_table(
        ["target", "chosen", "true rank", "best", "predicted rank"],
        [
            [
                each.target,
                ", ".join(each.sources),
                f"{each.true_rank} of {each.hidden}",
                ", ".join(each.best),
                f"{each.predicted_rank} of {each.hidden}",
            ]
            for each in result.choices
        ],
    )


def _enough() -> str:
    return markdown_table(
        ["sources", "targets", "over the best single source", "share"],
        [
            [str(each.sources), str(each.targets), f"{each.gain:+.3f}", f"{each.share:.0%}"]
            for each in enough_sources(published_sets("taskonomy", chains=True))
        ],
        numbers=4,
    )
