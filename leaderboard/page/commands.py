"""The commands that make the results of a board again, each derived from the results it is for."""

import shlex
from collections import defaultdict
from collections.abc import Sequence

from benchmark.results.effort import effort_options
from benchmark.results.marks import shipped_names
from benchmark.results.schema import Result
from datamodules.own_matrix.source import OwnMatrix
from datamodules.registry import DATASETS
from datamodules.splits.protocol import count_splits


def commands(results: Sequence[Result], own: OwnMatrix | None) -> list[str]:
    """Derive the commands.

    Args:
        results: results of one board.
        own: the user's own matrix, if the board is on it.

    Returns:
        One command per effort that was spent; results on splits that are not the first ones have none.
    """
    models: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for result in results:
        numbers = result.data.split_numbers
        if numbers == [*range(len(numbers))]:
            models[tuple(_effort(result))].append(_model_word(result))
    place = [*_place(results[0], own)]
    return [
        shlex.join(["affinity-bench", "run", *place, *effort, "--model", ",".join(sorted(words))])
        for effort, words in sorted(models.items(), key=lambda item: -len(item[1]))
    ]


def _place(result: Result, own: OwnMatrix | None) -> Sequence[str]:
    place = result.place
    if place.dataset in DATASETS:
        words = ["--dataset", place.dataset, "--regime", place.regime, "--label", place.label]
    else:
        words = ["--dataset", own.location if own else "PATH"]
        # The unit says so even where the file is not at hand.
        words += ["--lower-is-better"] if result.data.unit.endswith("negated") else []
        if own:
            words += ["--tasks", str(own.how.tasks)] if own.how.tasks else []
            words += ["--pairs", str(own.how.pairs)] if own.how.pairs else []
            words += ["--columns", own.how.columns] if own.how.columns else []
            words += ["--transpose"] if own.how.transpose else []
    words += ["--setting", place.setting]
    return [*words, "--mask", place.mask] if place.mask else words


def _effort(result: Result) -> Sequence[str]:
    """Options that differ from what a run does by itself."""
    splits = len(result.data.split_numbers)
    fewer = splits < count_splits(result.place.setting, result.place.mask or "1/3")
    return [*(["--splits", str(splits)] if fewer else []), *effort_options(result)]


def _model_word(result: Result) -> str:
    """What to pass to ``--model``: a submission by the name of its file, wherever that may lie now."""
    config = result.model.config
    stem, plus, suffix = config.name.partition("+")
    if stem in shipped_names():
        return config.name
    module, _, name = config.class_path.rpartition(".")
    if name == stem and module:
        location = (
            f"{module.removeprefix('submission.')}.py:{name}"
            if "submission." in module
            else config.class_path
        )
        return f"{location}{plus}{suffix}"
    return f"{stem}.yaml{plus}{suffix}"
