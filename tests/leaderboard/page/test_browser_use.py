"""The page in use, in real headless Chromium: sorting, filters, pictures, downloads, many results."""

import csv
import json
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from selenium.webdriver.common.keys import Keys

from leaderboard.page.build import build_page

from .conftest import EVIL, VISIBLE

pytestmark = pytest.mark.browser


def downloaded(look: Any, ending: str) -> Path:
    """The one new file of an ending."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [path for path in look.driver.downloads.iterdir() if path.name.endswith(ending)]
        if found:
            time.sleep(0.2)
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no {ending} was downloaded")


@pytest.fixture(autouse=True)
def no_old_downloads(chromium: Any) -> None:
    for path in chromium.downloads.iterdir():
        path.unlink()


def column(look: Any, number: int) -> list[float]:
    return [
        float(text) for text in look.texts(f"{VISIBLE}table:not(.claims) tbody tr > :nth-child({number})")
    ]


def sorting(look: Any) -> list[str]:
    return look.script(
        "return [...document.querySelectorAll('.view:not([hidden]) th[aria-sort]')]"
        ".map(e => e.getAttribute('aria-sort'))"
    )


def test_columns_are_picked_by_box(look: Any, page: Path) -> None:
    look.open(page, "b1", width=390)
    assert "AUC" not in look.texts(VISIBLE + "thead th")
    look.click(VISIBLE + "details.columns summary")
    boxes = look.texts(VISIBLE + ".choices label")
    look.script(
        "document.querySelectorAll(arguments[0])[arguments[1]].click()",
        VISIBLE + ".choices input",
        boxes.index("AUC"),
    )
    assert "AUC" in look.texts(VISIBLE + "thead th")
    assert look.script("return document.documentElement.scrollWidth <= innerWidth")


def test_sorting_by_mouse(look: Any, page: Path) -> None:
    look.open(page, "b1")
    assert column(look, 3) == sorted(column(look, 3), reverse=True)
    button = look.driver.find_element("css selector", VISIBLE + "th:nth-child(3) button")
    button.click()
    assert column(look, 3) == sorted(column(look, 3))
    assert sorting(look)[2] == "ascending"
    button.click()
    assert column(look, 3) == sorted(column(look, 3), reverse=True)
    assert sorting(look)[2] == "descending"
    assert {*sorting(look)[:2], *sorting(look)[3:]} == {"none"}


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE])
def test_sorting_by_keyboard(look: Any, page: Path, key: str) -> None:
    look.open(page, "b1")
    # From the rank's heading a tab away: by keyboard alone.
    look.script("document.querySelector('.view:not([hidden]) th:nth-child(1) button').focus()")
    look.driver.switch_to.active_element.send_keys(Keys.TAB)
    look.driver.switch_to.active_element.send_keys(key)
    names = look.texts(VISIBLE + "table:not(.claims) tbody th")
    assert sorting(look)[1] == "ascending"
    assert names == sorted(names, key=lambda name: (name != EVIL, name))


def test_incomplete_models_stay_last_however_a_board_is_sorted(look: Any, page: Path) -> None:
    look.open(page, "b2")
    for _ in range(2):
        look.click(VISIBLE + "th:nth-child(3) button")
        assert look.texts(VISIBLE + "table:not(.claims) tbody tr > :nth-child(3)")[-1] == "–"


def names(look: Any) -> set[str]:
    return set(look.texts(VISIBLE + "button.name")) - {EVIL}


@pytest.mark.parametrize(
    ("choice", "value", "shown"),
    [
        ("d", "D", {"gae-dir"}),
        ("d", "d", {"kernel-ridge", "kernel-ridge+z", "group-prior", "source-mean", "source-target-dir"}),
        ("g", "g", {"gae-dir", "source-target-dir"}),
        ("g", "G", {"kernel-ridge", "kernel-ridge+z", "group-prior", "source-mean"}),
        ("z", "z", {"kernel-ridge+z"}),
        ("z", "Z", {"kernel-ridge", "group-prior", "source-mean", "gae-dir", "source-target-dir"}),
    ],
)
def test_filters_by_kind_of_model(look: Any, page: Path, choice: str, value: str, shown: set[str]) -> None:
    look.open(page, "b1")
    look.click(f'input[name="{choice}"][value="{value}"]')
    assert names(look) == shown
    assert " of 7 models" in look.texts(VISIBLE + ".count")[0]


def test_the_filter_by_setting(look: Any, page: Path) -> None:
    look.open(page)
    settings = "return [...document.querySelectorAll('.view:not([hidden])')].map(e => e.dataset.setting)"
    assert look.script(settings) == ["transductive", "inductive"]
    look.click('input[name="setting"][value="inductive"]')
    assert look.script(settings) == ["inductive"]
    look.script("location.hash = 'b1'")
    look.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 50))")
    assert look.script(settings) == ["inductive"]
    assert look.texts("nav.boards a") == ["16k · ahp · inductive · 3 splits"]


def test_pictures_follow_the_chosen_model(look: Any, page: Path) -> None:
    look.open(page, "b1")
    drawn = (
        "return ['[data-heat] > :nth-child(3)', '[data-heat] > *', '[data-graph]', '[data-trees]']"
        ".map(s => document.querySelector('.view:not([hidden]) ' + s).innerHTML)"
    )
    before = look.script(drawn)
    look.script(
        "const pick = document.querySelector('.view:not([hidden]) [data-pick]');"
        "pick.value = 'source-mean'; pick.dispatchEvent(new Event('change'))"
    )
    after = look.script(drawn)
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, False, False]
    hatched, dotted = (
        look.script(f"return document.querySelector('{VISIBLE} {selector}').getAttribute('d')")
        for selector in ("[data-heat] > :nth-child(2) path[fill^=url]", "[data-dots]")
    )
    assert hatched.count("M") == dotted.count("M") > 100  # one part of a path per hidden entry


@pytest.mark.parametrize("view", ["b1", "b2"])
def test_every_figure_is_downloaded_as_svg_and_csv(look: Any, page: Path, view: str) -> None:
    look.open(page, view)
    for button in look.driver.find_elements("css selector", VISIBLE + "[data-download]"):
        button.send_keys(Keys.ENTER)  # a reader's own doing: a script's second download would be blocked
        ending = button.get_attribute("data-download")
        path = downloaded(look, f".{ending}")
        text = path.read_text("utf-8-sig")
        if ending == "svg":
            assert len(list(ET.fromstring(text).iter())) > 20
            assert "var(" not in text
        else:
            heading, *rows = list(csv.reader(text.splitlines()))
            assert len(rows) > 1
            assert {len(row) for row in rows} == {len(heading)}
        path.unlink()
    assert look.console() == []


@pytest.mark.slow
def test_ten_thousand_cells(look: Any, results: Path, tmp_path: Path) -> None:
    """Real results, copied under other names until there are 10,000."""
    originals = [path for path in sorted(results.rglob("*.json")) if path.stem != "evil"]
    texts = {path: json.loads(path.read_text("utf-8")) for path in originals}
    for number in range(10_000):
        path = originals[number % len(originals)]
        text = texts[path]
        copy = number // len(originals)
        text["model"]["config"]["name"] = f"{path.stem} {copy}"
        text["fingerprint"] = str(number)
        to = tmp_path / "results" / path.relative_to(results).with_name(f"{path.stem}-{copy}.json")
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(json.dumps(text), "utf-8")
        for table in ("scores", "curves"):
            beside = path.with_name(f"{path.stem}.{table}.parquet")
            if beside.is_file():
                to.with_name(f"{to.stem}.{table}.parquet").symlink_to(beside)
    written = build_page(
        tmp_path / "results", tmp_path / "page", pictures=12, own=None, console=Console(quiet=True)
    )
    assert written is not None
    assert written.results == 10_000
    assert written.path.stat().st_size < 10_000_000
    start = time.monotonic()
    look.open(written.path, "b1")
    look.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 0))")
    assert time.monotonic() - start < 10
    assert len(look.texts(VISIBLE + "tbody tr[data-t]")) > 1000
    start = time.monotonic()
    look.click(VISIBLE + "th:nth-child(2) button")
    assert time.monotonic() - start < 2
