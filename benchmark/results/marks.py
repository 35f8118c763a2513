"""What boards say beside a model's name: who ran it, how it was checked, and an effort of its own."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import lit_models
from benchmark.results.effort import other_effort
from benchmark.results.schema import VERIFIED, Result
from lit_models.loading.config import ModelConfig

CONFIGS = Path(lit_models.__file__).parent / "configs"


def marks_of(result: Result) -> list[str]:
    """All marks of a result.

    Args:
        result: the result.

    Returns:
        Those in the file; ``self-reported`` for a model that is not shipped, until it is verified; and the
        effort, if it is not that of a board.
    """
    return [*standing(result.marks, shipped=is_shipped(result.model.config)), *other_effort(result)]


def standing(marks: Sequence[str], *, shipped: bool) -> list[str]:
    """The marks of a result, and ``self-reported`` for what is not shipped, until it is verified."""
    return [*marks, *["self-reported"] * (not shipped and VERIFIED not in marks)]


def is_shipped(config: ModelConfig, *, configs: Path = CONFIGS) -> bool:
    """Whether a model has the name and, as it says, a class of a shipped one.

    Args:
        config: the model, as a result has it.
        configs: folder with the configurations of the shipped ones.
    """
    named = config.name.partition("+")[0] in shipped_names(configs)
    return named and config.class_path.startswith("lit_models.")


@cache
def shipped_names(configs: Path = CONFIGS) -> frozenset[str]:
    """Names of the shipped models, without the suffixes of their variants; torch is not imported."""
    return frozenset(path.stem for path in configs.glob("*.yaml"))
