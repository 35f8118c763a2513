"""Starts, scores and the command of the fidelity track, on the smallest pair of matrices."""

from pathlib import Path

import numpy as np
import pytest

from benchmark.cli import main
from datamodules.errors import UserError
from recovery.cli import COMMANDS
from recovery.tracks.fidelity.matrices import matrices_of
from recovery.tracks.fidelity.models import MODELS, config_of, without_cheap
from recovery.tracks.fidelity.result import read_results
from recovery.tracks.fidelity.run import make_subject, run_matrices
from recovery.tracks.fidelity.starts import SHARES, starts

from ....typed import exit_code

(ROBERTA, _) = matrices_of("prompt-transfer")


def test_starts_show_their_share_and_nothing_else() -> None:
    table = ROBERTA.read()
    found = list(starts(table, count=2))
    assert [(each.number, each.share) for each in found] == [(n, share) for n in range(2) for share in SHARES]
    for start in found:
        assert (start.known | start.query == table.eligible).all()
        assert not (start.known & start.query).any()
        assert np.isnan(start.table.value[~start.known]).all()
        share = start.known.sum() / table.eligible.sum()
        assert share == pytest.approx(SHARES[start.share] / 10, abs=0.06)
        assert np.ptp(start.known.sum(0)) <= SHARES[start.share]
    assert (found[0].known <= found[1].known).all()
    assert (found[0].known != found[3].known).any()
    again, development = next(starts(table)), next(starts(table, development=True))
    assert (again.known == found[0].known).all()
    assert (development.known != found[0].known).any()


def test_the_same_start_gives_the_same_scores_whatever_else_is_run() -> None:
    (alone,) = run_matrices(ROBERTA, [make_subject(ROBERTA, "co-kriging", count=1)])
    subjects = [
        make_subject(ROBERTA, name, count=1) for name in ("kernel-ridge", "co-kriging", "cheap-alone")
    ]
    plain, beside, cheap = run_matrices(ROBERTA, subjects)
    assert beside == alone
    assert beside.spearman("20 %").shape == (1, 13)
    assert beside != plain
    # Ranked by the cheap matrix alone, known transfers do not matter but for which are left.
    assert np.nanmean(cheap.spearman("10 %")) == pytest.approx(0.52, abs=0.1)


@pytest.mark.slow
def test_a_choice_is_one_of_what_it_chooses_from() -> None:
    names = ("auto", "source-mean", "kernel-ridge", "prior-fitted")
    chosen, *parts = run_matrices(ROBERTA, [make_subject(ROBERTA, name, count=1) for name in names])
    for share in SHARES:
        ((taken, times),) = chosen.chosen[share].items()
        assert times == 1
        assert chosen.shares[share] in [each.shares[share] for each in parts if each.subject.model == taken]


def test_every_model_with_the_cheap_matrix_has_its_like_without() -> None:
    plain = {name: without_cheap(name) for name in MODELS}
    assert {name for name, other in plain.items() if other} == {
        "kernel-ridge+pairs", "co-kriging", "prior-fitted+pairs", "prior-fitted-cheap", "auto+pairs",
    }  # fmt: skip
    assert set(filter(None, plain.values())) <= set(MODELS)
    assert config_of("cheap-alone").pairs == "all"


def test_what_is_there_is_not_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results-fidelity"
    words = ("--dataset", "taskweb", "--model", "source-mean,cheap-alone", "--starts", 1, "--out", out)

    def fidelity() -> str:
        assert exit_code(monkeypatch, lambda: main(COMMANDS), "fidelity", *words) == 0
        return capsys.readouterr().out

    assert "taskweb: t5s → t5l-finetune: source-mean, cheap-alone" in fidelity()
    assert "already there" in fidelity()
    assert sorted(each.subject.model for each in read_results(out)) == ["cheap-alone", "source-mean"]
    assert {path.parent.name for path in out.rglob("*.json")} == {"t5s-to-t5l-finetune"}


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="no result of the fidelity track"):
        read_results(tmp_path)
