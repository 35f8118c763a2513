"""What the page looks like in real headless Chromium, and what it does by itself."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from selenium.webdriver.common.keys import Keys

from leaderboard.page.build import build_page

from ...browser import SIDEWAYS
from .conftest import EVIL, VISIBLE

pytestmark = pytest.mark.browser

VIEWS = ("overall", "b1", "b2", "b3")

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


def test_without_results_it_says_so(look: Any, tmp_path: Path) -> None:
    assert build_page(tmp_path / "none", tmp_path, pictures=1, own=None, console=Console(quiet=True)) is None
    look.open(tmp_path / "index.html", width=390)
    assert "make bench DATASET=taskonomy" in look.texts("main")[0]
    assert not look.script(SIDEWAYS)
    assert look.script(LOW_CONTRAST)[1] == []
    assert look.console() == []
