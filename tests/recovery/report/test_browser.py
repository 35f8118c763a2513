"""The report of a recovered matrix in real headless Chromium."""

from pathlib import Path
from typing import Any

import pytest

from recovery.recovery import Recovery

from ...browser import SIDEWAYS

pytestmark = pytest.mark.browser

SHORTLIST = "[data-figure=shortlist] "


@pytest.fixture(scope="session")
def report(recovered: Recovery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recovered.save(tmp_path_factory.mktemp("recovered"))


def column(look: Any, number: int) -> list[str]:
    return look.texts(f"{SHORTLIST}tbody tr > :nth-child({number})")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_alone_and_fits(look: Any, report: Path, width: int, theme: str) -> None:
    look.open(report, width=width, theme=theme)
    assert look.texts("[data-matrix] svg")
    assert len(column(look, 2)) == 24
    assert not look.script(SIDEWAYS)
    assert look.console() == []
    assert {url.partition("#")[0] for url in look.requests()} <= {report.as_uri(), "data:,"}


def numbers(look: Any, number: int) -> list[float]:
    return [float(text) for text in column(look, number)]


def test_the_shortlist_is_sorted_by_any_heading(look: Any, report: Path) -> None:
    look.open(report)
    names, best_first = column(look, 2), numbers(look, 3)
    assert best_first == sorted(best_first, reverse=True)
    look.click(f"{SHORTLIST}th:nth-child(2) button")
    assert column(look, 2) == sorted(names)
    look.click(f"{SHORTLIST}th:nth-child(3) button")
    assert numbers(look, 3) == best_first[::-1]
    for _ in range(2):  # the second click reverses the order
        look.click(f"{SHORTLIST}th:nth-child(5) button")
    chances = numbers(look, 5)
    assert chances == sorted(chances, reverse=True)
    assert look.console() == []


def test_a_target_is_chosen_by_name_and_by_cell(look: Any, report: Path, recovered: Recovery) -> None:
    look.open(report)
    first, last = recovered.targets[0], recovered.targets[-1]
    look.script(
        "const select = document.querySelector('[data-target]');"
        "select.selectedIndex = select.options.length - 1; select.dispatchEvent(new Event('change'))"
    )
    assert column(look, 2)[:5] == [*recovered.shortlist(last).index]
    place = next(i for i, target in enumerate(recovered.cells.target) if target == first)
    look.script(
        "document.querySelector(`[data-cell='${arguments[0]}']`)"
        ".dispatchEvent(new MouseEvent('click', { bubbles: true }))",
        place,
    )
    assert column(look, 2)[:5] == [*recovered.shortlist(first).index]
