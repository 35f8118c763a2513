"""A model on a matrix from Python: the scores of the command line, without its files."""

import random
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor

from benchmark.commands.run import run
from benchmark.progress import evaluation
from benchmark.results.evaluation import Evaluation
from benchmark.results.files import read_result, table_path
from benchmark.running.evaluate import evaluate
from datamodules.errors import UserError
from datamodules.graph import TaskGraph
from datamodules.load_table import load_table
from lit_models.base import RecoveryModel

EXAMPLE = Path(__file__).parents[3] / "examples/my_recovery_model.py"


class Doubled(RecoveryModel):
    """Adds to a source's mean what one parameter says."""

    def __init__(self, num_tasks: int, num_features: int) -> None:  # noqa: ARG002  # as all are built
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(()))

    def forward(self, graph: TaskGraph) -> Tensor:
        mean = graph.affinity.sum(1, keepdim=True) / graph.observed.sum(1, keepdim=True).clamp(min=1)
        return (mean * (1 + self.weight)).expand_as(graph.affinity)


class Failing(Doubled):
    def forward(self, graph: TaskGraph) -> Tensor:
        return graph.afinity  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("model", "setting"),
    [
        ("gae-dir", "transductive"),
        ("matrix-normal+z", "inductive"),
        ("additive", "transductive"),
    ],
)
def test_scores_are_those_of_the_command_line_to_the_last_digit(
    model: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = evaluate(model, "cogtaskonomy", setting=setting, splits=2, members=2, epochs=6, seed=3)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    run("cogtaskonomy", model=model, setting=setting, mask="1/3" * (setting == "transductive"), splits=2,
        members=2, epochs=6, seed=3)  # fmt: skip
    (file,) = [path for path in tmp_path.rglob("*.json") if path.stem == model]
    written = read_result(file)
    assert found.result.metrics == written.metrics
    assert found.result.fingerprint == written.fingerprint
    pd.testing.assert_frame_equal(
        found.predictions, pd.read_parquet(table_path(file, "scores")), check_exact=True
    )


def test_an_evaluation_shows_itself_in_ten_lines() -> None:
    found = evaluate("source-mean", load_table("cogtaskonomy"), splits=1, mask="1/2")
    assert isinstance(found, Evaluation)
    assert len(repr(found).splitlines()) <= 10
    assert repr(found).startswith(
        "source-mean on cogtaskonomy readme-example, score, transductive, 1/2 hidden"
    )
    assert "<table" in found._repr_html_()
    frame = found.to_frame()
    assert list(frame.columns) == ["mean", "low", "high", "counted"]
    assert frame.loc["spearman", "mean"] == found.score
    assert found.per_target.mean() == pytest.approx(found.score)
    assert set(found.predictions.columns) == {"split", "source", "target", "score", "spread"}


def test_a_class_and_a_file() -> None:
    table = load_table("cogtaskonomy")
    ours = evaluate(Doubled, table, splits=1, members=2, epochs=2)
    assert ours.result.model.config.name == "Doubled"
    assert ours.result.run.members == 2
    example = evaluate(f"{EXAMPLE}:MyRecoveryModel", table, splits=1, members=1, epochs=2)
    assert example.score is not None


def test_what_the_caller_has_set_stays() -> None:
    torch.manual_seed(7)
    random.seed(7)
    torch.set_num_threads(2)
    before = torch.get_rng_state(), random.getstate()
    try:
        evaluate("pmf", "cogtaskonomy", splits=1, members=1, epochs=2)
        assert torch.equal(torch.get_rng_state(), before[0])
        assert random.getstate() == before[1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_a_model_that_fails_shows_its_traceback() -> None:
    with pytest.raises(RuntimeError, match=r"Failing failed:(?s:.*)has no attribute 'afinity'"):
        evaluate(Failing, "cogtaskonomy", splits=1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"setting": "inductve"}, "did you mean 'inductive'"),
        ({"mask": "1/4"}, "unknown mask '1/4'"),
        ({"setting": "inductive", "mask": "1/3"}, "hides whole tasks and has no mask"),
        ({"splits": 0}, "splits=0: at least 1"),
        ({"members": 0}, "members=0: at least 1"),
        ({"model": "source-meen"}, "did you mean 'source-mean'"),
        ({"table": "taskonmy"}, "did you mean 'taskonomy'"),
        ({"model": "additive", "setting": "inductive"}, "cannot rank transfers in the inductive setting"),
        ({"model": torch.nn.Linear}, "not of RecoveryModel"),
    ],
)
def test_mistakes_are_told(options: dict[str, object], says: str) -> None:
    with pytest.raises(UserError, match=says):
        evaluate(**{"model": "source-mean", "table": "cogtaskonomy", **options})  # type: ignore[arg-type]


def test_a_class_that_cannot_be_found_again_is_refused() -> None:
    class Inner(Doubled):
        pass

    with pytest.raises(UserError, match="define the class at the top level"):
        evaluate(Inner, "cogtaskonomy")


def test_a_bar_is_shown_in_a_terminal_where_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed() -> str:
        evaluate("pmf", "cogtaskonomy", splits=1, members=1, epochs=3)
        return capsys.readouterr().err

    assert printed() == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert printed() == ""
    monkeypatch.setattr(evaluation, "QUIET_SECONDS", 0.0)
    assert "training steps" in printed()
