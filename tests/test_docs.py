"""What documents point to exists, and what they show runs."""

import re
import runpy
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from datamodules.registry import DATASETS
from leaderboard.cli import COMMANDS
from lit_models.registry import model_names

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCUMENTS = sorted(
    {
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "leaderboard").glob("*.md"),
        *(ROOT / "datamodules" / "tables").glob("*/README.md"),
    }
)
FOLDERS = (
    "affinity_bench|benchmark|datamodules|docs|examples|leaderboard|lit_models|measurement|recovery|tests"
)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
named = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ (.+)$", without_code(document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(document: Path) -> list[str]:
    """Relative links of a document that lead to no file, or to no heading."""
    found = []
    for match in LINK.finditer(without_code(document.read_text(encoding="utf-8"))):
        link = match[1] or match[2]
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def test_dead_links_are_found(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    document.write_text(
        "# One, two\n[a](page.md#one-two) [b](#one) [c](no.md) [d](https://x.org)\n"
        '![e](f.svg) <img src="g.svg">\n```\n[h](code.md)\n```\n'
    )
    assert dead_links(document) == ["#one", "no.md", "f.svg", "g.svg"]


@named
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    assert dead_links(document) == []


@named
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    found = re.findall(rf"`(?:[^`\n]* )?((?:{FOLDERS})/[\w./-]*)([<*]?)", text)
    paths = {path.rpartition("/")[0] if placeholder else path for path, placeholder in found}
    missing = {path for path in paths if not (ROOT / path).exists()}
    assert missing == set()


@named
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert (
        set(re.findall(r"(?:^|`|&& )make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))
        <= targets
    )


@named
def test_every_command_that_is_named_exists(document: Path) -> None:
    commands = re.findall(
        r"(?:^|`|&& |bin/)affinity-bench ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(commands) <= set(COMMANDS)


def test_the_readme_links_the_card_of_every_dataset() -> None:
    text = README.read_text(encoding="utf-8")
    for name, dataset in DATASETS.items():
        assert f"`{name}`" in text, name
        assert f"({(dataset.folder / 'README.md').relative_to(ROOT)})" in text, name


def test_the_page_on_models_has_every_model() -> None:
    families = (ROOT / "docs" / "models.md").read_text(encoding="utf-8").split("## Encoders")[0]
    patterns = re.findall(r"`([a-z][a-z0-9*-]+)`", families)
    missing = [name for name in model_names() if not any(fnmatch(name, each) for each in patterns)]
    assert missing == []


def test_the_readme_is_read_in_two_minutes() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200


def test_the_readme_links_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert "docs/README.md" in README.read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page


def test_python_of_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(
        r"<!-- runnable -->\n```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) == 2
    script = tmp_path / "readme.py"
    script.write_text("\n".join(blocks))
    ran = runpy.run_path(str(script), run_name="readme")
    assert 0.5 < ran["result"].score < 1.0


def test_one_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = re.findall(
        r"^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert citation["version"] == version
    assert (version, str(citation["date-released"])) == changes[0]


def test_the_drawing_is_the_same_in_light_and_dark() -> None:
    light, dark = (
        re.sub(
            r"<style>.*</style>", "", (ROOT / "docs" / f"framework-{theme}.svg").read_text(), flags=re.DOTALL
        )
        for theme in ("light", "dark")
    )
    assert light == dark


@pytest.mark.parametrize("form", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_forms_and_workflows_are_yaml(form: Path) -> None:
    assert isinstance(yaml.safe_load(form.read_text(encoding="utf-8")), dict)
