"""Names are text everywhere: the nastiest ones pass through every command as they are."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmark.results.files import read_results
from leaderboard.cli import main

NAMES = [
    "001",
    "NA",
    "None",
    "[/b]",
    "glue[mnli]",
    "[bold]pose",
    ":smile:",
    "=1+1",
    "<script>",
    "a,b",
    "it's",
    'say "so"',
    "任务",
    "2020-01-01",
    "%s {0}",
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Lightning's command line calls what is renamed
def test_names_pass_through_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    rng = np.random.default_rng(0)
    matrix = pd.DataFrame(rng.normal(size=(15, 15)), NAMES, NAMES)
    matrix.to_csv("it's [b] mine.csv")

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["affinity-bench", *words])
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        assert stop.value.code == 0, said.err
        return said.out

    own = ["--dataset", "it's [b] mine.csv"]
    models = ["--model", "source-mean,z-svd1", "--setting", "transductive", "--splits", "2", "--workers", "1"]
    said = run("data", "it's [b] mine.csv")
    assert all(name in said for name in NAMES)
    assert "15 sources × 15 targets, 210 of 210 measured" in run("run", *own, *models)
    assert set(read_results(Path("results"))[0].metrics["spearman"].per_target) == set(NAMES)
    whole = ["--model", "z-svd1", "--setting", "transductive", "--workers", "1", "--out", "whole"]
    run("run", *own, *whole)
    assert "1 ok, 0 refused" in run("verify", "whole", *own)
    run("leaderboard", *own)
    page = Path("page/index.html").read_text("utf-8")
    assert "glue[mnli]" in page
    assert "<script>" not in page.replace("<script>", "", page.count("</script>"))
    for command in ("compare", "boards"):
        run(command)
    assert "2 of 2 runs" in run("publish", "--dry-run")
    half = matrix.where(rng.random(matrix.shape) < 0.6)
    half.to_csv("it's half.csv")
    assert "it's half: 15 sources × 15 targets, " in run("recover", "it's half.csv", "--model", "source-mean")
    filled = pd.read_csv("recovered/matrix.csv", index_col=0, dtype=str, na_filter=False)
    assert ([*filled.index], [*filled.columns]) == (NAMES, NAMES)
    report = Path("recovered/index.html").read_text("utf-8")
    assert "glue[mnli]" in report
    assert report.count("<script") == report.count("</script>")
    assert "it's [b] mine" in run("coverage", *own, "--model", "source-mean", "--repeats", "1")
    quick = ["--trainer.fast_dev_run", "true", "--trainer.logger", "false", "--model.members", "1"]
    run("fit", "--model", "gae-dir", "--data", "it's [b] mine.csv", *quick)
    losses = [
        (source, target, sample, float(rng.normal()))
        for target in NAMES[:5]
        for source in NAMES
        for sample in range(9)
    ]
    pd.DataFrame(losses, columns=["source", "target", "sample", "loss"]).to_csv("losses.csv", index=False)
    assert "[/b]" in run("ahp", "losses.csv", "--log")
    affinity = pd.read_csv("affinity.csv", dtype=str, na_filter=False)
    assert set(affinity.source) == set(NAMES)
    assert "15 sources × 5 targets" in run("data", "affinity.csv")
