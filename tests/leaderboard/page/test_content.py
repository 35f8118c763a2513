"""What the page shows, read from the view models rather than the picture."""

import re
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from benchmark.results.files import read_result, write_result
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.boards.aggregate import find_files
from leaderboard.page.build import build_page, find_sources
from leaderboard.page.content import Content, add_boards, start_content
from leaderboard.page.html import KIT
from leaderboard.page.matrices import find_truth, read_recovery, standardised

from .conftest import EVIL

QUIET = Console(quiet=True)
# Of the inductive boards; on the one of taskonomy gae-dir is said to have failed.
ABSENT = {
    "taskonomy": [EVIL, "kernel-ridge", "kernel-ridge+z", "source-target-dir"],
    "cogtaskonomy": ["gae-dir", "kernel-ridge", "kernel-ridge+z", "source-target-dir"],
}


def content_of(folder: Path, *, pictures: int) -> Content:
    sources = find_sources(folder, pictures=pictures, own=None, refuse=print)
    content = start_content(sources)
    assert list(add_boards(content, sources)) == sources.boards
    return content


@pytest.fixture(scope="module")
def content(results: Path) -> Content:
    return content_of(results, pictures=2)


def test_a_recovery_is_what_the_first_split_to_hide_an_entry_says(results: Path) -> None:
    path = results / "taskonomy" / "16k-ahp" / "transductive-1of3" / "kernel-ridge.json"
    table = find_source("taskonomy").read(regime="16k", label="ahp")
    recovery = read_recovery(path, table, splits=3)
    assert recovery is not None
    # three folds hide every entry once
    assert (np.isfinite(recovery.scores) == table.eligible).all()
    assert recovery.hidden.sum() == pytest.approx(table.eligible.sum() / 3, abs=25)
    own = np.isfinite(recovery.scores)
    assert np.corrcoef(recovery.scores[own], standardised(table)[own])[0, 1] > 0.5


def test_the_truth_is_shown_only_if_it_is_the_matrix_of_the_results(results: Path) -> None:
    result = read_result(results / "taskonomy" / "16k-ahp" / "inductive" / "source-mean.json")
    assert find_truth(result, None) is not None
    data = result.data.model_copy(update={"dataset_hash": "0"})
    assert find_truth(result.model_copy(update={"data": data}), None) is None
    place = result.place.model_copy(update={"regime": "17k"})
    assert find_truth(result.model_copy(update={"place": place}), None) is None


def test_what_is_left_out_is_said(content: Content) -> None:
    views = [view for own in content.boards.values() for view in own]
    pictured = [view for view in views if view.recoveries]
    assert len(pictured) == 2
    for view in views:
        *_, last = view.notes or [""]
        absent = ", ".join(ABSENT[view.place.dataset])
        expected = f"Not on this board, because not run or not applicable: {absent}."
        assert (last == expected) == (view.place.setting == "inductive")
    for view in pictured:
        assert view.figures
        assert len(view.notes) == (view.place.setting == "inductive")
    for view in views:
        if view in pictured:
            continue
        assert not view.figures
        assert "No figures or claims" in view.notes[0]


def test_pictures_say_which_shares_were_not_run(content: Content) -> None:
    views = content.boards["taskonomy"]
    (figure,) = [each for view in views for each in view.figures if each.key.endswith("shares")]
    assert "Only 1/3 was run" in figure.caption
    assert {row["kind"] for row in figure.data} >= {"retest", "graph", "no encoder"}


def test_a_board_says_how_to_make_it_again(content: Content) -> None:
    views = content.boards["taskonomy"]
    commands = next(view for view in views if view.place.setting == "inductive").provenance.commands
    start = "affinity-bench run --dataset taskonomy --regime 16k --label ahp --setting inductive --splits 3 "
    assert all(command.startswith(start) for command in commands)
    assert any("--epochs 10 --model " in command for command in commands)


def test_a_matrix_of_checkpoints_by_datasets_is_shown_as_that(tmp_path: Path) -> None:
    sources, targets = [f"checkpoint {number}" for number in range(12)], ["one", "two"]
    rows = [f"{name},{number * 5 % 12},{number * 7 % 12}" for number, name in enumerate(sources)]
    (tmp_path / "zoo.csv").write_text("\n".join([f"source,{','.join(targets)}", *rows]), "utf-8")
    own = find_source(str(tmp_path / "zoo.csv"))
    table = own.read(regime="own", label="value")
    settings = {"settings": ["transductive"], "models": ["source-mean"]}
    for cell in cells_of(own, load_suite("default"), **settings):
        CellRun(cell, table=table, effort=RunSettings(members=1), hardware=Hardware()).execute(
            tmp_path / "out"
        )
    given = find_sources(tmp_path / "out", pictures=1, own=own, refuse=print)
    content = start_content(given)
    assert list(add_boards(content, given)) == given.boards
    shown = content.boards["zoo"][0].recoveries
    assert shown is not None
    assert [shown["tasks"][each] for each in shown["sources"]] == sources
    assert [shown["tasks"][each] for each in shown["targets"]] == targets
    truth = np.array(shown["truth"]).reshape(12, 2)
    assert truth.argmax(0).tolist() == [
        np.argmax(table.value[:, table.task_names.index(each)][:12]) for each in targets
    ]
    assert len(shown["hidden"]) == 8
    assert len(shown["models"]["source-mean"]["scores"]) == 24


def test_results_without_scores_beside_them_are_shown_without_matrices(results: Path, tmp_path: Path) -> None:
    for path, result in find_files(results, refuse=print).items():
        write_result(result, tmp_path / path.relative_to(results), tables={})
    views = [view for own in content_of(tmp_path, pictures=1).boards.values() for view in own]
    assert {view.recoveries is None for view in views} == {True}
    assert sum("No matrices" in view.notes[0] for view in views) == 1


def test_of_two_results_of_one_cell_one_counts(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = results / "taskonomy" / "16k-ahp" / "inductive" / "source-mean.json"
    for name in ("one.json", "two.json"):
        write_result(read_result(path), tmp_path / name, tables={})
    assert len(content_of(tmp_path, pictures=1).boards["taskonomy"][0].rows) == 1
    assert re.search(r"left out: .*two\.json: the same cell as .*one\.json", capsys.readouterr().out)


def test_one_split_is_a_board_too(results: Path, tmp_path: Path) -> None:
    path = results / "taskonomy" / "16k-ahp" / "transductive-1of3" / "source-mean.json"
    result = read_result(path)
    data = result.data.model_copy(update={"split_numbers": [0], "split_hashes": result.data.split_hashes[:1]})
    metric = result.metrics["spearman"]
    first = {"per_split": metric.per_split[:1], "counted": len(metric.per_target)}
    one = metric.model_copy(update=first)
    for name in ("a", "b"):
        config = result.model.config.model_copy(update={"name": name})
        model = result.model.model_copy(update={"config": config})
        changed = {"data": data, "model": model, "metrics": {"spearman": one}, "fingerprint": name}
        write_result(result.model_copy(update=changed), tmp_path / f"{name}.json", tables={})
    rows = content_of(tmp_path, pictures=0).boards["taskonomy"][0].rows
    assert [row.leader.words for row in rows if row.leader] == ["reference", "too few splits"]


def test_the_same_results_give_the_same_page(results: Path, tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        written = build_page(results, tmp_path / name, pictures=1, own=None, console=QUIET)
        assert written is not None
        pages.append(written.path.read_text("utf-8"))
    assert pages[0] == pages[1]


def test_data_can_neither_end_its_element_nor_be_a_tag() -> None:
    html = KIT.render("empty.html.j2", data={"name": "</script><b>"}, folder="<i>")
    assert "</script><b>" not in html
    assert "<i>" not in html
    assert "\\u003c/script>\\u003cb>" in html
