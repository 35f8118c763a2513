"""The page in real headless Chromium."""

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

pytestmark = pytest.mark.browser

EVIL = "<script>document.title='owned'</script>"
VIEWS = ("overall", "b1", "b2", "b3")
VISIBLE = ".view:not([hidden]) "
SIDEWAYS = "const page = document.documentElement; return page.scrollWidth > page.clientWidth"

# WCAG 2.2, success criterion 1.4.3: relative luminance of every text against what is painted below it.
LOW_CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map((each) => each / 255)
  .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
  .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
function below(node) {
  for (let each = node; each; each = each.parentElement) {
    const colour = parse(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
}
const found = [];
let seen = 0;
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim());
  if (!own || ["SCRIPT", "STYLE", "title"].includes(node.tagName) || !node.checkVisibility()) continue;
  const style = getComputedStyle(node);
  if (style.fontSize === "0px") continue;
  const [one, other] = [luminance(parse(node.namespaceURI.endsWith("svg") ? style.fill : style.color)),
    luminance(below(node))].sort((a, b) => b - a);
  seen += 1;
  const ratio = (one + 0.05) / (other + 0.05);
  if (ratio < 4.5) found.push([node.tagName, node.textContent.trim().slice(0, 30), ratio.toFixed(2)]);
}
return [seen, found];
"""


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


@pytest.mark.parametrize("view", VIEWS)
def test_it_logs_nothing_and_asks_for_nothing_but_itself(look: Any, page: Path, view: str) -> None:
    look.open(page, view)
    assert look.texts(VISIBLE + "tbody tr")
    assert look.console() == []
    assert {url.partition("#")[0] for url in look.requests()} <= {page.as_uri(), "data:,"}


def test_a_script_put_into_it_does_not_run(look: Any, page: Path, tmp_path: Path) -> None:
    """A control: the policy is what holds, were the escaping to fail."""
    broken = tmp_path / "index.html"
    broken.write_text(
        page.read_text("utf-8").replace("<footer", "<script>document.title='owned'</script><footer"), "utf-8"
    )
    look.open(broken)
    assert look.driver.title == "AffinityBench leaderboard"
    assert any("Content Security Policy" in line for line in look.console())


def test_a_model_named_like_a_script_is_text(look: Any, page: Path) -> None:
    look.open(page, "b1")
    assert EVIL in look.texts(VISIBLE + "button.name")
    options = "return [...document.querySelector('[data-board=b1] [data-pick]').options].map(e => e.text)"
    assert EVIL in look.script(options)
    look.script(
        "[...document.querySelectorAll('.view:not([hidden]) button.name')]"
        ".find(e => e.textContent === arguments[0]).click()",
        EVIL,
    )
    assert look.texts("#card-title") == [EVIL]
    assert look.driver.title == "AffinityBench leaderboard"
    assert look.console() == []


def column(look: Any, number: int) -> list[float]:
    return [
        float(text) for text in look.texts(f"{VISIBLE}table:not(.claims) tbody tr > :nth-child({number})")
    ]


def sorting(look: Any) -> list[str]:
    return look.script(
        "return [...document.querySelectorAll('.view:not([hidden]) th[aria-sort]')]"
        ".map(e => e.getAttribute('aria-sort'))"
    )


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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_it_can_be_read(look: Any, page: Path, view: str, theme: str, width: int) -> None:
    look.open(page, view, width=width, theme=theme)
    assert not look.script(SIDEWAYS)
    seen, low = look.script(LOW_CONTRAST)
    assert seen > 50
    assert low == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_card_can_be_read(look: Any, page: Path, theme: str) -> None:
    look.open(page, "b1", width=390, theme=theme)
    look.script(
        "[...document.querySelectorAll('.view:not([hidden]) button.name')]"
        ".find(e => e.textContent === 'source-target-dir').click()"
    )
    text = look.texts("#card")[0]
    for part in (
        "lit_models.source_target.SourceTargetGAE",
        '"encoder": "dir"',
        "parameters",
        "Training curve",
    ):
        assert part in text
    assert len(look.texts("#card .bars > span")) == 2 * 22  # a name and a value for each target that counts
    assert look.script(LOW_CONTRAST)[1] == []
    dialog = look.driver.find_element("id", "card")
    assert dialog.rect["width"] <= 390
    look.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not dialog.is_displayed()


def test_the_contrast_check_finds_grey_on_grey(look: Any, page: Path) -> None:
    look.open(page)
    look.script("document.querySelector('h1').style.color = '#bbb'")
    assert [tag for tag, *_ in look.script(LOW_CONTRAST)[1]] == ["H1"]


def test_the_theme_can_be_chosen(look: Any, page: Path) -> None:
    look.open(page, theme="dark")
    paper = "return getComputedStyle(document.body).backgroundColor"
    dark = look.script(paper)
    look.click("#theme")
    assert look.texts("#theme") == ["Theme: light"]
    assert look.script(paper) != dark
    look.click("#theme")
    look.click("#theme")


def test_pictures_follow_the_chosen_model(look: Any, page: Path) -> None:
    look.open(page, "b1")
    drawn = (
        "return ['[data-heat] svg:nth-child(3)', '[data-heat] svg', '[data-graph]', '[data-trees]']"
        ".map(s => document.querySelector('.view:not([hidden]) ' + s).innerHTML)"
    )
    before = look.script(drawn)
    look.script(
        "const pick = document.querySelector('.view:not([hidden]) [data-pick]');"
        "pick.value = 'source-mean'; pick.dispatchEvent(new Event('change'))"
    )
    after = look.script(drawn)
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, False, False]
    observed = VISIBLE + "[data-heat] svg:nth-child(2) rect[fill^=url]"
    dots = VISIBLE + "[data-heat] svg:nth-child(3) circle"
    assert len(look.texts(observed)) == len(look.texts(dots)) > 100


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


def test_without_results_it_says_so(look: Any, tmp_path: Path) -> None:
    assert build_page(tmp_path / "none", tmp_path, pictures=1, own=None, console=Console(quiet=True)) is None
    look.open(tmp_path / "index.html", width=390)
    assert "make bench DATASET=taskonomy" in look.texts("main")[0]
    assert not look.script(SIDEWAYS)
    assert look.script(LOW_CONTRAST)[1] == []
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
