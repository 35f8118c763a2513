"""``affinity-bench compare`` as a user types it, on results of a run."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmark.results.files import read_results, write_result
from benchmark.results.schema import Result
from benchmark.running.applicability import why_not
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from datamodules.registry import find_source
from leaderboard.claims.pairs import Pair, directed_pairs, embedding_pairs, message_passing_pairs
from leaderboard.cli import main

from ...typed import exit_code

NAMES = ("gae-dir", "source-target-dir", "source-target-profile", "source-target-profile+z", "group-prior")


def compare(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    return exit_code(monkeypatch, main, "compare", *words)


def lines_of(printed: str) -> list[list[str]]:
    """Cells of every line of every Markdown table."""
    return [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in printed.splitlines()
        if line.startswith("| ") and not line.startswith("| ---")
    ]


def names_of(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    return [(pair.first.model.config.name, pair.second.model.config.name) for pair in pairs]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("results")
    source = find_source("taskonomy")
    for cell in cells_of(source, load_suite("default"), settings=["transductive"], models=NAMES):
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(members=2, epochs=10, numbers=(0, 1, 2))
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)
    return out


def scores(folder: Path) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    return {
        result.model.config.name: np.array(result.metrics["spearman"].per_split)
        for result in read_results(folder)
    }


def test_the_claims_are_lines_of_one_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(monkeypatch, "--results", str(folder)) == 0
    printed = capsys.readouterr().out
    heading, *lines = lines_of(printed)
    assert heading == ["board", "claim", "verdict", "difference (95 %)", "better in"]
    assert {line[0] for line in lines} == {"taskonomy 16k ahp transductive 1/3"}
    assert "select models by the scores being compared" in printed
    by_split = scores(folder)
    expected = {
        "directed against undirected": by_split["source-target-dir"] - by_split["gae-dir"],
        "with Z against without": by_split["source-target-profile+z"] - by_split["source-target-profile"],
        "with metadata against without": by_split["source-target-profile+z"]
        - by_split["source-target-profile"],
        "message passing against profile": by_split["source-target-dir"] - by_split["source-target-profile"],
        "graph against best non-graph (group-prior)": (by_split["gae-dir"] + by_split["source-target-dir"])
        / 2
        - by_split["group-prior"],
    }
    assert [line[1] for line in lines if line[2] == "no pairs"] == [
        "own against best other",
        "pretrained against best fitted",
    ]
    shown = {
        line[1]: line[3]
        for line in lines
        if line[2] != "no pairs" and not line[1].startswith("best directed")
    }
    assert shown.keys() == expected.keys()
    for name, difference in expected.items():
        assert shown[name].startswith(f"{difference.mean():+.3f} (")
    (best,) = [line for line in lines if line[1].startswith("best directed")]
    assert best[1].endswith(", gae-dir)")
    assert best[2] == "picked, not tested"


def test_pairs_are_listed_when_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(monkeypatch, "--results", str(folder)) == 0
    without = lines_of(capsys.readouterr().out)
    assert compare(monkeypatch, "--results", str(folder), "--pairs") == 0
    added = lines_of(capsys.readouterr().out)[len(without) :]
    models = [tuple(line[:2]) for line in added if line[0] != "model"]
    assert sorted(models) == sorted(
        [
            ("source-target-dir", "gae-dir"),
            (max(NAMES[1:4], key=lambda name: scores(folder)[name].mean()), "gae-dir"),
            ("source-target-profile+z", "source-target-profile"),  # with Z against without
            ("source-target-profile+z", "source-target-profile"),  # with metadata against without
            ("source-target-dir", "source-target-profile"),
            ("source-target-dir", "group-prior"),
            ("gae-dir", "group-prior"),
        ]
    )


@pytest.fixture
def two_boards(folder: Path, tmp_path: Path) -> Path:
    for number, result in enumerate(read_results(folder)):
        inductive = result.place.model_copy(update={"dataset": "other", "setting": "inductive", "mask": None})
        for each in (result, result.model_copy(update={"place": inductive})):
            write_result(each, tmp_path / each.place.dataset / f"{number}.json", tables={})
    return tmp_path


@pytest.mark.parametrize(
    ("words", "boards"),
    [
        ([], {"taskonomy 16k ahp transductive 1/3", "other 16k ahp inductive"}),
        (["--dataset", "other"], {"other 16k ahp inductive"}),
        (["--setting", "transductive"], {"taskonomy 16k ahp transductive 1/3"}),
        (["--dataset", "other, taskonomy", "--setting", "inductive"], {"other 16k ahp inductive"}),
    ],
)
def test_boards_can_be_chosen(
    words: list[str],
    boards: set[str],
    two_boards: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compare(monkeypatch, "--results", str(two_boards), *words) == 0
    assert {line[0] for line in lines_of(capsys.readouterr().out)[1:]} == boards


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--dataset", "othr"], "did you mean 'other'?"),
        (["--setting", "inductiv"], "did you mean 'inductive'?"),
        (["--dataset", "other", "--setting", "transductive"], "no results for other, transductive"),
    ],
)
def test_what_is_not_there_is_said(
    words: list[str],
    message: str,
    two_boards: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compare(monkeypatch, "--results", str(two_boards), *words) == 2
    assert message in capsys.readouterr().err


def test_without_results_it_says_how_to_make_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(monkeypatch, "--results", str(tmp_path / "none")) == 2
    assert "make bench DATASET=taskonomy" in capsys.readouterr().err


def test_a_file_of_another_version_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = next(folder.rglob("*.json")).read_text()
    (tmp_path / "old.json").write_text(text.replace('"variational": false,', ""))
    assert compare(monkeypatch, "--results", str(tmp_path)) == 2
    error = capsys.readouterr().err
    assert "old.json: model.variational: Field required: not a result of schema version 1" in error
    assert "Traceback" not in error


def test_a_variational_model_is_known_by_its_file(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def variational(result: Result) -> Result:
        return result.model_copy(update={"model": result.model.model_copy(update={"variational": True})})

    for number, result in enumerate(read_results(folder)):
        changed = variational(result) if result.model.config.name == "gae-dir" else result
        write_result(changed, tmp_path / f"{number}.json", tables={})
    assert compare(monkeypatch, "--results", str(tmp_path)) == 0
    (line,) = [line for line in lines_of(capsys.readouterr().out) if line[1] == "directed against undirected"]
    assert line[2:] == ["no pairs", "–", "–"]


def test_the_default_suite_has_the_pairs_that_claims_need(make: Callable[..., Result]) -> None:
    source = find_source("taskonomy")
    table = source.read(regime=source.regimes[0], label=next(iter(source.labels)))
    results = []
    for number, cell in enumerate(cells_of(source, load_suite("default"), settings=["transductive"])):
        if why_not(cell.model, table, cell.place.setting):
            continue
        ready = CellRun(cell, table=table, effort=RunSettings(numbers=(0,)), hardware=Hardware())
        made = make(cell.model.name, [number / 100] * 3)
        results.append(made.model_copy(update={"model": ready.model, "run": ready.run}))
    finders = (directed_pairs, embedding_pairs, message_passing_pairs)
    found = {find: set(names_of(find(results))) for find in finders}
    assert found[directed_pairs] >= {
        ("source-target-dir", "gae-dir"),
        ("source-target-gcn", "gae-gcn"),
        ("gravity-profile", "gae-profile"),
        ("gravity-target-mass-gcn", "gae-gcn"),
        ("gravity-vgae-profile", "vgae-profile"),
        ("gravity-dir-inductive", "gae-dir-inductive"),
    }
    assert not found[directed_pairs] & {
        ("gravity-vgae-profile", "gae-profile"),
        ("source-target-profile", "vgae-profile"),
        ("source-target-dir+z", "gae-dir"),
        ("source-target-dir-inductive", "gae-dir"),
    }
    assert found[embedding_pairs] >= {
        (f"{name}+z", name) for name in ("gravity-profile", "source-target-dir")
    }
    assert found[message_passing_pairs] >= {
        ("gae-dir", "gae-profile"),
        ("gravity-gcn", "gravity-profile"),
        ("source-target-dir+z", "source-target-profile+z"),
    }
