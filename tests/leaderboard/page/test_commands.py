"""The commands below a board are derived from its results, and make them again."""

import shlex
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmark.results.files import read_results
from benchmark.results.schema import Run
from datamodules.own_matrix.reading import HowToRead
from datamodules.own_matrix.source import OwnMatrix
from leaderboard.cli import main
from leaderboard.page.commands import commands

from ..conftest import Make


def test_results_of_different_effort_get_a_command_each(make: Make) -> None:
    results = [
        make("gae-dir"),
        make("gravity-dir+z"),
        make("kernel-ridge", run=Run(seed=3, members=1, epochs=400)),
        make("Net+z", class_path="submission.my_net.Net", run=Run(seed=0, members=8, epochs=5)),
        make("wide", class_path="lit_models.gae.GAE"),
    ]
    base = "affinity-bench run --dataset PATH --setting transductive --mask 1/3 --splits 3"
    assert commands(results, None) == [
        f"{base} --model gae-dir,gravity-dir+z,wide.yaml",
        f"{base} --members 1 --seed 3 --model kernel-ridge",
        f"{base} --epochs 5 --model my_net.py:Net+z",
    ]


def test_an_own_matrix_is_read_again_as_it_was(make: Make) -> None:
    own = OwnMatrix(location="it's.csv", how=HowToRead(columns="source=a,target=b,value=c", transpose=True))
    words = shlex.split(commands([make("gae-dir")], own)[0])
    assert words[2:8] == [
        "--dataset",
        "it's.csv",
        "--columns",
        "source=a,target=b,value=c",
        "--transpose",
        "--setting",
    ]


def test_the_command_makes_the_result_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"t{i}" for i in range(12)]
    frame = pd.DataFrame([[(7 * i + 5 * j * j) % 13 for j in range(12)] for i in range(12)], names, names)
    frame.to_csv(tmp_path / "it's mine.csv")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> None:
        monkeypatch.setattr(sys, "argv", ["affinity-bench", *words])
        with pytest.raises(SystemExit, match="0"):
            main()

    how = HowToRead(lower_is_better=True)
    models = [
        "--setting",
        "transductive",
        "--model",
        "source-mean,group-prior",
        "--splits",
        "2",
        "--seed",
        "5",
    ]
    run("run", "--dataset", "it's mine.csv", "--lower-is-better", *models, "--workers", "1", "--out", "first")
    first = read_results(Path("first"))
    for command in commands(first, OwnMatrix(location="it's mine.csv", how=how)):
        run(*shlex.split(command)[1:], "--workers", "1", "--out", "second")
    second = read_results(Path("second"))
    assert [each.fingerprint for each in second] == [each.fingerprint for each in first]
    assert [each.metrics for each in second] == [each.metrics for each in first]
