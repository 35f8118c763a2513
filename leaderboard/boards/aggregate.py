"""Boards from result files: which results are comparable, their order, and paired significance tests."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmark.reporting.terminal_boards import headline, ranked
from benchmark.results.files import read_result, result_path, result_paths
from benchmark.results.schema import Place, Result
from benchmark.results.untrusted import RefusedFileError, in_one_line
from benchmark.scoring.intervals import PairedTest, corrected_resampled_test
from benchmark.scoring.measured import HEADLINE
from datamodules.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Board:
    """Comparable results: same place, protocol version, matrix and splits.

    Attributes:
        place: dataset, regime, label, setting and mask that were scored.
        results: sorted by headline score, best first.
    """

    place: Place
    results: list[Result]

    def find(self, model: str) -> Result | None:
        """Return the result of the model with this name, or None if it has no score."""
        found = next((result for result in self.results if result.model.config.name == model), None)
        return found if found is not None and headline(found) is not None else None


def find_results(folder: Path, *, refuse: Callable[[str], None]) -> list[Result]:
    """Read all results in a folder; see :func:`find_files`."""
    return list(find_files(folder, refuse=refuse).values())


def find_files(folder: Path, *, refuse: Callable[[str], None]) -> dict[Path, Result]:
    """Read all results in a folder together with their paths, which locate the tables stored beside them.

    A file that is no result of this version is left out, and so is the second file of one cell, such as a
    copy: of two, the one that lies where ``affinity-bench run`` writes it counts.

    Args:
        folder: output folder of ``affinity-bench run``.
        refuse: is told of every file that is left out, in one line.

    Returns:
        The results by path, sorted.

    Raises:
        UserError: if there are none.
    """
    paths = result_paths(folder)
    if not paths:
        raise UserError(
            f"no result files under {folder.resolve()}: create some with `make bench DATASET=taskonomy`, "
            "or pass their folder with --results"
        )
    found: dict[Path, Result] = {}
    for path in paths:
        try:
            found[path] = read_result(path)
        except RefusedFileError as error:
            refuse(f"left out: {error}")
    if not found:
        raise UserError(f"none of the {len(paths)} JSON files under {folder.resolve()} is a result")
    first: dict[Hashable, Path] = {}
    for path in sorted(found, key=lambda path: not _is_in_its_place(path, found[path])):
        kept = first.setdefault(cell_key(found[path]), path)
        if kept is not path:
            refuse(f"left out: {in_one_line(path)}: the same cell as {in_one_line(kept)}")
            del found[path]
    return found


def _is_in_its_place(path: Path, result: Result) -> bool:
    return path.parts[-4:] == result_path(Path(), result.place, result.model.config.name).parts


def _board(result: Result) -> tuple[Place, int, str, tuple[str, ...]]:
    """What the results of a board have in common."""
    data = result.data
    return result.place, result.protocol_version, data.dataset_hash, tuple(data.split_hashes)


def cell_key(result: Result) -> Hashable:
    """What tells a result from all others of a folder; a fingerprint may be anything that a file claims."""
    return (*_board(result), result.model.config.name)


def make_boards(results: Sequence[Result]) -> list[Board]:
    """Group results into boards, so that nothing is compared across versions, matrices or splits.

    Args:
        results: results of any cells.

    Returns:
        The boards in order of first appearance.
    """
    groups: dict[tuple[Place, int, str, tuple[str, ...]], list[Result]] = defaultdict(list)
    for result in results:
        groups[_board(result)].append(result)
    return [Board(place=place, results=ranked(group)) for (place, *_), group in groups.items()]


def absent_models(board: Board, boards: Sequence[Board]) -> list[str]:
    """Models that are missing from a board but present on another board of the same dataset.

    Args:
        board: the board.
        boards: all boards, including ``board``.

    Returns:
        Names of the models, sorted.
    """
    version = board.results[0].protocol_version
    known = {
        result.model.config.name
        for other in boards
        if other.place.dataset == board.place.dataset
        for result in other.results
        if result.protocol_version == version
    }
    return sorted(known - {result.model.config.name for result in board.results})


def paired_tests(board: Board, reference: str) -> dict[str, PairedTest]:
    """Test every model's per-target Spearman against a reference model on the same splits.

    The p-values are Holm-adjusted (Holm, 1979) over the board's models.

    Args:
        board: the board.
        reference: name of the reference model.

    Returns:
        Test of the difference model − reference, by model name; empty if the reference has no score on this
        board. Models that share fewer than two scored splits with the reference are left out.
    """
    against = board.find(reference)
    if against is None:
        return {}
    tests = {
        result.model.config.name: corrected_resampled_test(
            _per_split(result), _per_split(against), test_share=result.data.query_share
        )
        for result in board.results
        if result is not against and _is_testable(result, against)
    }
    adjusted = holm([test.p_value for test in tests.values()])
    return {
        name: test._replace(p_value=p_value)
        for (name, test), p_value in zip(tests.items(), adjusted, strict=True)
    }


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for multiple testing by Holm's step-down procedure (Holm, 1979).

    Args:
        p_values: one per test.

    Returns:
        The adjusted p-values, in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    factors = len(p_values) - np.arange(len(p_values))
    raised = np.minimum(np.maximum.accumulate(np.asarray(p_values)[order] * factors), 1.0)
    adjusted = np.empty(len(p_values))
    adjusted[order] = raised
    return [float(value) for value in adjusted]


def _is_testable(result: Result, against: Result) -> bool:
    if headline(result) is None:
        return False
    return int(np.isfinite(_per_split(result) - _per_split(against)).sum()) >= 2


def _per_split(result: Result) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(result.metrics[HEADLINE].per_split, dtype=np.float64)
