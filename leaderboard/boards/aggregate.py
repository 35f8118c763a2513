"""From result files to boards: what may be compared, in which order, and how surely."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from benchmark.reporting.terminal_boards import headline, ranked
from benchmark.results.files import read_result, result_paths
from benchmark.results.schema import Place, Result
from benchmark.scoring.intervals import PairedTest, corrected_resampled_test
from benchmark.scoring.measured import HEADLINE
from datamodules.errors import UserError


@dataclass(frozen=True, kw_only=True)
class Board:
    """Results that may be compared: one place, protocol version, matrix and set of splits.

    Attributes:
        place: what was scored.
        results: best headline score first.
    """

    place: Place
    results: list[Result]

    def find(self, model: str) -> Result | None:
        """The result of a model by name, if it has a score."""
        found = next((result for result in self.results if result.model.config.name == model), None)
        return found if found is not None and headline(found) is not None else None


def find_results(folder: Path) -> list[Result]:
    """Read the results that a user points to.

    Args:
        folder: what ``affinity-bench run --out`` was given.

    Returns:
        The results in order of their paths.

    Raises:
        UserError: if there are none, or a file is not one of this version.
    """
    return list(find_files(folder).values())


def find_files(folder: Path) -> dict[Path, Result]:
    """Read results together with where they lie, for what lies beside them.

    Args:
        folder: what ``affinity-bench run --out`` was given.

    Returns:
        The results by path, in order.

    Raises:
        UserError: if there are none, or a file is not one of this version.
    """
    paths = result_paths(folder)
    if not paths:
        raise UserError(
            f"no result files under {folder.resolve()}: make some with `make bench DATASET=taskonomy`, "
            "or name their folder with --results"
        )
    return {path: _read(path) for path in paths}


def make_boards(results: Sequence[Result]) -> list[Board]:
    """Sort results into boards, so that nothing is compared across versions, matrices or splits.

    Args:
        results: results of any cells.

    Returns:
        Boards in the order of first appearance.
    """
    groups: dict[tuple[Place, int, str, tuple[str, ...]], list[Result]] = defaultdict(list)
    for result in results:
        data = result.data
        groups[result.place, result.protocol_version, data.dataset_hash, tuple(data.split_hashes)].append(
            result
        )
    return [Board(place=place, results=ranked(group)) for (place, *_), group in groups.items()]


def absent_models(board: Board, boards: Sequence[Board]) -> list[str]:
    """Models that other boards of a board's dataset hold and the board itself does not.

    Args:
        board: results of one place.
        boards: of any places, it among them.

    Returns:
        Their names, sorted.
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
    """Test every model's per-target Spearman against a reference over the same splits.

    The p-values are Holm's (1979) over the board's models.

    Args:
        board: results with one set of splits.
        reference: name of a model.

    Returns:
        Difference to the reference by model name; empty if the reference has no score here. A model that
        shares fewer than two scored splits with it is left out.
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
    """Step-down adjustment for several tests (Holm, 1979).

    Args:
        p_values: one a test.

    Returns:
        Adjusted p-values in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    factors = len(p_values) - np.arange(len(p_values))
    raised = np.minimum(np.maximum.accumulate(np.asarray(p_values)[order] * factors), 1.0)
    adjusted = np.empty(len(p_values))
    adjusted[order] = raised
    return [float(value) for value in adjusted]


def _read(path: Path) -> Result:
    try:
        return read_result(path)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: not a result file of this version ({where}: {first['msg']}): "
            "make it again with `make bench`, or move it out of the folder"
        ) from error


def _is_testable(result: Result, against: Result) -> bool:
    if headline(result) is None:
        return False
    return int(np.isfinite(_per_split(result) - _per_split(against)).sum()) >= 2


def _per_split(result: Result) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(result.metrics[HEADLINE].per_split, dtype=np.float64)
