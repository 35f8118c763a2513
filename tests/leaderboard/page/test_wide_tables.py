"""The page of 105 × 105 and 400 × 36 tables in real headless Chromium: names that fit, nothing overflows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.page.build import build_page

from ...browser import SIDEWAYS
from .conftest import VISIBLE

pytestmark = pytest.mark.browser

SHAPES = ((105, 105), (400, 36))
MODELS = ["source-mean", "target-mean"]
# Pairs of a drawing's names that cover each other, and how many names there are.
COVERED = """
const boxes = [...document.querySelectorAll(arguments[0])].map(e => e.getBoundingClientRect());
const covers = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
return [boxes.flatMap((a, at) => boxes.slice(at + 1).filter(b => covers(a, b))).length, boxes.length];
"""
ROWS = VISIBLE + "[data-heat] > :first-child [data-names=rows] text"
ZOOM = """
const pick = document.querySelector(arguments[0]);
pick.value = arguments[1];
pick.dispatchEvent(new Event("change"));
"""

# Names take 86 pixels on both sides.
POINT = """
const box = document.querySelector("[data-heat]");
const svg = box.querySelector("svg"), cell = Number(box.dataset.cell);
const corner = svg.getBoundingClientRect(), at = (edge, number) => edge + 86 + (number + 0.5) * cell;
svg.dispatchEvent(new PointerEvent("pointermove",
  { bubbles: true, clientX: at(corner.left, arguments[1]), clientY: at(corner.top, arguments[0]) }));
"""


@pytest.fixture(scope="module")
def wide_pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[int, int]], Path]:
    """The page of a table of one's own, by its shape; made once."""
    made: dict[tuple[int, int], Path] = {}

    def page(shape: tuple[int, int]) -> Path:
        if shape not in made:
            made[shape] = make_page(tmp_path_factory.mktemp("wide"), *shape)
        return made[shape]

    return page


def make_page(folder: Path, rows: int, columns: int) -> Path:
    values = np.random.default_rng(0).normal(size=(rows, columns))
    sources = [f"checkpoint-with-a-long-name-{number}" for number in range(rows)]
    targets = (
        sources if rows == columns else [f"dataset-with-a-long-name-{number}" for number in range(columns)]
    )
    pd.DataFrame(values, index=sources, columns=targets).to_csv(folder / "zoo.csv")
    source = find_source(str(folder / "zoo.csv"))
    table = source.read(regime="own", label="value")
    effort = RunSettings(members=1, numbers=(0,))
    for cell in cells_of(source, load_suite("default"), settings=["transductive"], models=MODELS):
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(folder / "results")
    written = build_page(folder / "results", folder, pictures=1, own=source, console=Console(quiet=True))
    assert written is not None
    assert written.path.stat().st_size < 1_000_000
    return written.path


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_overflows_and_no_name_covers_another(
    look: Any, wide_pages: Callable[[tuple[int, int]], Path], shape: tuple[int, int], width: int
) -> None:
    look.open(wide_pages(shape), "b1", width=width)
    assert look.console() == []
    assert not look.script(SIDEWAYS)
    for selector in (
        ROWS,
        ROWS.replace("rows", "columns"),
        "[data-graph] text",
        "[data-trees] > :first-child text",
    ):
        covered, count = look.script(COVERED, selector)
        assert (selector, covered) == (selector, 0)
        assert count >= 10
    outside = "return [...document.querySelectorAll('.view:not([hidden]) .pane')].filter("
    assert look.script(outside + "e => e.getBoundingClientRect().right > innerWidth).length") == 0
    high = outside + "e => e.clientHeight > innerHeight).length"
    assert look.script(high) == 0
    assert look.script("return document.querySelectorAll('*').length") < 12_000


@pytest.mark.parametrize("shape", SHAPES)
def test_zooming_shows_more_names_within_the_figure(
    look: Any, wide_pages: Callable[[tuple[int, int]], Path], shape: tuple[int, int]
) -> None:
    look.open(wide_pages(shape), "b1", width=390)
    few, height = look.script(COVERED, ROWS)[1], look.script("return document.documentElement.scrollHeight")
    look.script(ZOOM, VISIBLE + "[data-zoom]", "8")
    assert look.script(COVERED, ROWS) == [0, shape[0]] != [0, few]
    assert not look.script(SIDEWAYS)
    assert look.script("return document.documentElement.scrollHeight") < height + 1500
    look.script("document.querySelector(arguments[0]).scrollTo(90, 70)", VISIBLE + "[data-heat] .pane")
    look.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 50))")
    moved = "return [...document.querySelectorAll('[data-heat] .pane')].map(e => [e.scrollLeft, e.scrollTop])"
    assert look.script(moved) == [[90, 70]] * 3
    names = "return document.querySelector('[data-names=rows]').getAttribute('transform')"
    assert look.script(names) == "translate(90 0)"


def test_a_cell_is_read_where_it_is_pointed_at(
    look: Any, wide_pages: Callable[[tuple[int, int]], Path]
) -> None:
    look.open(wide_pages((400, 36)), "b1")
    look.script(POINT, 7, 2)
    (text,) = look.texts(VISIBLE + "[data-readout]")
    assert text.startswith("checkpoint-with-a-long-name-7 → dataset-with-a-long-name-2: truth ")


def test_a_card_shows_bars_beside_long_names(
    look: Any, wide_pages: Callable[[tuple[int, int]], Path]
) -> None:
    look.open(wide_pages((105, 105)), "b1", width=390)
    look.click(VISIBLE + "button.name")
    bars = look.script("return [...document.querySelectorAll('#card .bars svg')].map(e => e.clientWidth)")
    assert len(bars) == 105
    assert min(bars) > 40
