"""Whatever lies in a track's folder: boards and page go on without it, and one refused file is one line."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.sets.result_files import SETS
from leaderboard.cli import main
from leaderboard.markdown.coverage import coverage_section
from leaderboard.markdown.fidelity import fidelity_section
from leaderboard.markdown.planning import ALL_STRATEGIES, budget_section, new_target_section
from leaderboard.markdown.sets import sets_section
from leaderboard.page.track_tables import TABLES
from recovery.tracks.result_files import BUDGET, COVERAGE, FIDELITY, NEW_TARGET
from recovery.tracks.stale import track_standing

from .damage import mutations

COMMITTED = Path(__file__).parents[2] / "leaderboard"
# Of each track, files of two datasets, or two models on one, and the section of BOARDS.md made of them.
FEW: dict[str, tuple[str, ...]] = {
    "coverage": ("medmnist/*", "cogtaskonomy/*"),
    "fidelity": ("medmnist/*/kernel-ridge*", "medmnist/*/co-kriging*"),
    "new-target": ("taskonomy/random*", "taskonomy/network-improvement*", "taskonomy/thompson*"),
    "budget": ("medmnist/random*", "medmnist/network-*"),
    "sets": ("taskonomy/random-all*/linear-surrogate*", "taskonomy/random-all*/hyperedge-kriging*"),
}
SECTIONS: dict[str, Callable[[Any], list[str]]] = {
    "coverage": coverage_section,
    "fidelity": fidelity_section,
    "new-target": new_target_section,
    "budget": budget_section,
    "sets": sets_section,
}
FILES: dict[str, Any] = {
    "coverage": COVERAGE,
    "fidelity": FIDELITY,
    "new-target": NEW_TARGET,
    "budget": BUDGET,
    "sets": SETS,
}


@pytest.fixture(params=FEW)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    out = tmp_path / f"results-{request.param}"
    for pattern in FEW[request.param]:
        for path in (COMMITTED / out.name).glob(f"{pattern}.json"):
            copy = out / path.relative_to(COMMITTED / out.name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return out


def track_of(folder: Path) -> str:
    return folder.name.removeprefix("results-")


def refused(folder: Path) -> list[str]:
    """What is said of files that are left out."""
    said: list[str] = []
    FILES[track_of(folder)].read(folder, refuse=said.append)
    return said


def ignore(line: str) -> None:
    """Of files that are left out."""
    assert line.isprintable()


def draw(folder: Path) -> list[str]:
    """What BOARDS.md and the page show of a folder."""
    files = FILES[track_of(folder)].read(folder, refuse=ignore)
    sections = TABLES[track_of(folder)](folder, ignore)
    return [*SECTIONS[track_of(folder)](files), *(str(section.rows) for section in sections)]


def forge(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def name_in(content: dict[str, Any], **changes: str) -> None:
    subject = content.get("subject") or content["cell"]
    model = changes.pop("model", None)
    if model and "strategy" in subject:
        subject["strategy"] = model
    elif model and isinstance(subject["model"], dict):
        subject["model"]["name"] = model
    elif model:
        subject["model"] = model
    subject.update({name: value for name, value in changes.items() if name in subject})


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a field more": lambda content: content.update(more=1),
    "no versions": lambda content: content.pop("versions"),
    "a control character": lambda content: name_in(content, regime="a\x1b[2Jb", matrices="\x1b"),
    "right to left": lambda content: name_in(content, model="a\u202eb"),
    "a long name": lambda content: name_in(content, model="a" * 300),
    "look-alike letters": lambda content: name_in(content, model="\u0430tlas"),
    "a huge version": lambda content: content["versions"].update(torch="1" * 10_000),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_forged_result_is_left_out(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = next(folder.rglob("*.json"))
    forge(path, change)
    (line,) = refused(folder)
    assert path.name in line
    assert line.isprintable()


def scores(content: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """Places of numbers with a range."""
    for key, inner in content.items() if isinstance(content, dict) else enumerate(content):
        if isinstance(inner, dict | list):
            yield from scores(inner, *above, key)
        elif isinstance(inner, float) and "gain" not in above:
            yield (*above, key)


def test_numbers_out_of_range_are_left_out(folder: Path) -> None:
    path = min(folder.rglob("*.json"), key=lambda path: path.stat().st_size)
    pristine = path.read_text()
    places = list(scores(json.loads(pristine)))
    for number in np.random.default_rng(0).choice(len(places), size=4, replace=False):
        for junk in (float("nan"), float("inf"), -1e9):
            content = json.loads(pristine)
            *above, last = places[number]
            at = content
            for key in above:
                at = at[key]
            at[last] = junk
            path.write_text(json.dumps(content))
            assert len(refused(folder)) == 1, (places[number], junk)


def test_what_is_no_file_is_one_line(folder: Path) -> None:
    os.mkfifo(folder / "pipe.json")
    (folder / "folder.json").mkdir()
    (folder / "endless.json").symlink_to("/dev/zero")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "deep.json").write_text("[" * 10**6)
    assert len(refused(folder)) == 5


def test_a_copy_counts_once(folder: Path) -> None:
    before = len(FILES[track_of(folder)].read(folder, refuse=print))
    shutil.copy(next(folder.rglob("*.json")), folder / "a copy.json")
    (line,) = refused(folder)
    assert "a copy.json: of the same subject as" in line
    assert len(FILES[track_of(folder)].read(folder, refuse=print)) == before


@pytest.mark.parametrize("folder", ["new-target", "budget"], indirect=True)
def test_one_file_on_another_dataset_makes_nobody_incomplete(folder: Path) -> None:
    before = [section.rows for section in TABLES[track_of(folder)](folder, print)]
    stranger = folder / "a.json"
    shutil.copy(next(folder.rglob("*.json")), stranger)
    for dataset in ("nowhere", "langrank-dep"):
        forge(stranger, lambda content, dataset=dataset: name_in(content, dataset=dataset, model="mine"))
        assert refused(folder) == []
        assert [section.rows for section in TABLES[track_of(folder)](folder, print)] == before
        if track_of(folder) == "budget":
            assert ALL_STRATEGIES not in draw(folder)


@pytest.mark.parametrize("folder", ["coverage"], indirect=True)
def test_a_path_or_an_address_in_place_of_a_dataset_is_not_opened(folder: Path) -> None:
    stranger = folder / "a.json"
    for name in ("/etc/passwd", "hf://owner/name", "../m.csv"):
        for path in list(folder.rglob("*.json"))[1:]:
            path.unlink()
        path = next(folder.rglob("*.json")).rename(stranger)
        forge(path, lambda content, name=name: name_in(content, dataset=name))
        (stale,) = track_standing("coverage", folder, refuse=print).stale
        assert stale.reasons == "not on a published dataset: run the track again to renew it"


def fuzz(folder: Path, *, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    paths = sorted(folder.rglob("*.json"))
    originals = [path.read_bytes() for path in paths]
    sources = [mutations(rng, original) for original in originals]
    for _ in range(count):
        which = int(rng.integers(len(paths)))
        paths[which].write_bytes(next(sources[which]))
        draw(folder)
        paths[which].write_bytes(originals[which])


def test_boards_survive_random_damage(folder: Path) -> None:
    fuzz(folder, count=3, seed=0)


@pytest.mark.slow
def test_boards_survive_much_random_damage(folder: Path) -> None:
    fuzz(folder, count=300, seed=1)


def test_commands_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bad file in each folder, of tracks and of ``denoise``: each is one line."""
    results = tmp_path / "results"
    cell = COMMITTED / "results/medmnist"
    shutil.copytree(next(path.parent for path in cell.rglob("source-mean.json")), results / "cell")
    for track in FEW:
        (tmp_path / f"results-{track}").mkdir()
        (tmp_path / f"results-{track}" / f"bad-{track}.json").write_text("{}")
    (results / "denoising.csv").write_text("model\ngae\n")
    folders = [(f"--{track.replace('-', '_')}", str(tmp_path / f"results-{track}")) for track in FEW]
    options = [word for words in folders for word in words]
    for words in (
        ["leaderboard", "--pictures", "0", "--out", str(tmp_path / "page"), "--results", str(results)],
        ["boards", "--out", str(tmp_path / "B.md"), *options, "--results", str(results)],
    ):
        monkeypatch.setattr(sys, "argv", ["affinity-bench", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        said = "".join(capsys.readouterr())
        assert stop.value.code == 0, said
        for name in [*(f"bad-{track}.json" for track in FEW), "denoising.csv"]:
            assert sum(f"{name}:" in line for line in said.splitlines()) == 1, said
