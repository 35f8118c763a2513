"""Checking a model from Python."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from pytorch_lightning.utilities.seed import isolate_rng

from benchmark.smoke.checks import checks_of
from benchmark.smoke.guard import Guard, file_of
from benchmark.smoke.report import Line, outcome
from benchmark.smoke.run_checks import run_checks
from benchmark.smoke.subject import Subject
from lit_models.base import RecoveryModel
from lit_models.registry import find_model


@dataclass(frozen=True, repr=False)
class CheckReport:
    """The outcome of all checks of a model.

    Attributes:
        lines: one line per check, in the order of :data:`benchmark.smoke.checks.CHECKS`.
    """

    lines: tuple[Line, ...]

    @property
    def passed(self) -> bool:
        """Whether all checks passed."""
        return all(line.passed for line in self.lines)

    def __repr__(self) -> str:
        return "\n".join([*map(str, self.lines), outcome(self.lines)])


def check_model(model: str | Path | type[RecoveryModel]) -> CheckReport:
    """Check whether a model can be benchmarked: the checks of ``affinity-bench smoke``, in this process.

    Only ``affinity-bench smoke``, which uses a separate process, stops a model that hangs, prints without end
    or uses all memory.

    Args:
        model: as for :func:`benchmark.running.evaluate.evaluate`.

    Returns:
        One line per check, with what to change if it failed; ``passed`` is True if all checks passed.
    """
    threads = torch.get_num_threads()
    guard = Guard(file_of(str(model)))  # until the model is loaded, which says its file
    try:
        # Leave the notebook's random states, number of threads and warnings unchanged.
        with isolate_rng(), warnings.catch_warnings(), guard:
            checked = run_checks(lambda: Subject(find_model(model), guard=guard), checks_of, file=guard.file)
            lines = tuple(checked)
    finally:
        torch.set_num_threads(threads)
    return CheckReport(lines)
