"""Every shipped strategy passes the one list of checks, and each broken one is told what is wrong with it."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from benchmark.smoke.guard import Guard, file_of
from benchmark.smoke.report import Line
from benchmark.smoke.run_checks import LOADS
from recovery.smoke.check_word import check_word
from recovery.smoke.strategy_checks import STRATEGY_CHECKS
from recovery.strategies.registry import STRATEGIES

from .broken_strategies import BROKEN, HEAD

EXAMPLE = Path(__file__).parents[3] / "examples/my_strategy.py"
QUICK = {"no gains", "widens the candidates", "walks the frames"}


def checked(word: str) -> list[Line]:
    with Guard(file_of(word)) as guard:
        return list(check_word(word, guard, lambda _: None))


def quick_first(names: Iterable[str]) -> list[object]:
    return [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", quick_first(STRATEGIES))
def test_shipped_strategies_pass(name: str) -> None:
    lines = checked(name)
    assert [line.name for line in lines] == [LOADS, *(check.name for check in STRATEGY_CHECKS)]
    assert [str(line) for line in lines if not line.passed] == []


def test_the_example_passes() -> None:
    assert [str(line) for line in checked(f"{EXAMPLE}:MyStrategy") if not line.passed] == []


@pytest.mark.parametrize("name", quick_first(BROKEN))
def test_a_broken_strategy_is_told_what_to_change(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name.replace(' ', '_')}.py"
    file.write_text(HEAD + BROKEN[name].body)
    line = next(line for line in checked(f"{file}:Mine") if not line.passed)
    assert (line.name, BROKEN[name].says in line.words) == (BROKEN[name].check, True), line
    assert line.change or line.name == LOADS or "return" in line.words
