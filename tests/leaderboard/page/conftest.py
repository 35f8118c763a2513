"""A page of real results, and a browser to look at it."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from benchmark.results.files import read_result, table_path, write_result
from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.page.build import build_page

NAMES = ("kernel-ridge", "kernel-ridge+z", "group-prior", "source-mean", "gae-dir", "source-target-dir")
DATASETS = ("taskonomy", "cogtaskonomy")
EVIL = "<script>document.title='owned'</script>"
VISIBLE = ".view:not([hidden]) "
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
)


def run_models(out: Path, dataset: str, names: Sequence[str]) -> None:
    source = find_source(dataset)
    for cell in select_applicable(cells_of(source, load_suite("default"), models=names), source.read).cells:
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(members=2, epochs=10, numbers=(0, 1, 2))
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)


def copy_result(path: Path, to: Path, *, name: str) -> None:
    """The same result under another model's name, with its tables."""
    result = read_result(path)
    config = result.model.config.model_copy(update={"name": name})
    model = result.model.model_copy(update={"config": config})
    write_result(result.model_copy(update={"model": model, "fingerprint": f"copy {to}"}), to, tables={})
    for table in ("scores", "curves"):
        if table_path(path, table).is_file():
            shutil.copy(table_path(path, table), table_path(to, table))


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six models on two datasets, some in both settings; one more is named like a script, one failed."""
    out = tmp_path_factory.mktemp("results")
    for dataset in DATASETS:
        run_models(out, dataset, NAMES)
    folder = out / "taskonomy" / "16k-ahp" / "transductive-1of3"
    copy_result(folder / "kernel-ridge.json", folder / "evil.json", name=EVIL)
    place = folder.with_name("inductive")
    copy_result(place / "source-mean.json", place / "gae-dir.json", name="gae-dir")
    failed = {"status": "failed", "error": "RuntimeError: on purpose", "metrics": {}}
    result = read_result(place / "gae-dir.json").model_copy(update=failed)
    write_result(result, place / "gae-dir.json", tables={})
    return out


@pytest.fixture(scope="session")
def page(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page")
    written = build_page(results, out, pictures=12, own=None, console=Console(quiet=True))
    assert written is not None
    assert sorted(out.iterdir()) == [written.path]
    return written.path


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = shutil.which("chromium") or "chromium"
    downloads = tmp_path_factory.mktemp("downloads")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.downloads = downloads
    yield driver
    driver.quit()


class Looker:
    """A browser at a page, as a reader uses it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, page: Path, view: str = "", *, width: int = 1280, theme: str = "light") -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = {"name": "prefers-color-scheme", "value": theme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        self.console()
        self.requests()
        self.driver.get(f"{page.as_uri()}#{view}")
        assert self.script("return document.documentElement.dataset.ready") == "yes"

    def script(self, text: str, *arguments: object) -> object:
        return self.driver.execute_script(text, *arguments)

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            each["params"]["request"]["url"]
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        ]

    def texts(self, selector: str) -> list[str]:
        """Text of all that can be seen of a selector."""
        return self.script(
            "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility())"
            ".map(e => e.textContent.trim())",
            selector,
        )

    def click(self, selector: str) -> None:
        self.script("document.querySelector(arguments[0]).click()", selector)


@pytest.fixture
def look(chromium: webdriver.Chrome) -> Looker:
    return Looker(chromium)
