"""Earlier results in an output folder: replaced by a new answer to their question only."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmark.results.files import read_if_sound, table_path
from benchmark.results.schema import Result
from benchmark.running.cell import RunSettings
from benchmark.running.suite import Cell
from datamodules.affinity_table import AffinityTable
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from datamodules.splits.protocol import count_splits

SHOWN = 3


def check_same_questions(
    cells: Sequence[Cell], *, read: Mapping[str, Callable[..., AffinityTable]], effort: RunSettings, out: Path
) -> None:
    """Refuse to replace results that answer another question than this run asks.

    A result is stale, and may be replaced, once the model's code, hyper-parameters or a published dataset
    have changed. Another seed, other splits, members or epochs, another matrix of the same name or direction
    and another class of the same name are other questions.

    Args:
        cells: the cells of the run.
        read: by dataset, reads a matrix by ``regime`` and ``label``.
        effort: settings of the run.
        out: output folder.

    Raises:
        UserError: for results of other questions.
    """
    others = []
    for cell in cells:
        path = cell.path(out)
        earlier = read_if_sound(path)
        if earlier is None or earlier.status == "failed":
            continue
        table = read[cell.place.dataset](regime=cell.place.regime, label=cell.place.label)
        differences = _differences(earlier, cell, table, effort, trained=table_path(path, "curves").exists())
        if differences:
            others.append(f"{path} ({'; '.join(differences)})")
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        raise UserError(
            f"{len(others)} result{'s' * (len(others) > 1)} of another question would be replaced: "
            f"{', '.join(others[:SHOWN])}{more}. Choose another folder with --out, or replace them with "
            "--force."
        )


def _differences(
    earlier: Result, cell: Cell, table: AffinityTable, effort: RunSettings, *, trained: bool
) -> list[str]:
    """What the question of an earlier result differs in, in words."""
    place, run, config = cell.place, earlier.run, earlier.model.config
    splits = [*(effort.numbers or range(count_splits(place.setting, place.mask or "1/3")))]
    epochs = effort.epochs or cell.model.training.epochs
    # Epochs that follow from the model's own configuration are part of it.
    chosen = effort.epochs is not None or run.epochs != config.training.epochs
    found = {
        "another class": (config.class_path, cell.model.class_path),
        "seed": (run.seed, effort.seed),
        "members": (run.members, effort.members if trained else run.members),
        "epochs": (run.epochs, epochs if chosen and trained else run.epochs),
        "splits": (_span(earlier.data.split_numbers), _span(splits)),
    }
    words = [f"{name} {old}, not {new}" for name, (old, new) in found.items() if old != new]
    if place.dataset not in DATASETS and earlier.data.dataset_hash != table.hash:
        words.append(
            "the other direction of values"
            if earlier.data.unit != table.unit
            else "another matrix of this name, or the same one changed"
        )
    return words


def _span(numbers: Sequence[int]) -> str:
    """Numbers of splits, in short.

    >>> _span([0, 1, 2]), _span([4, 7])
    ('0 to 2', '4, 7')
    """
    if len(numbers) > 2 and [*numbers] == [*range(numbers[0], numbers[-1] + 1)]:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))
