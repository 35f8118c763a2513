"""Results as they were written hold; a changed digit anywhere is refused and named."""

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmark.isolation.submission import load_in_worker
from benchmark.results.digest import digest_of
from benchmark.results.files import read_result, table_path, write_result
from benchmark.results.marks import marks_of
from benchmark.results.schema import Result
from benchmark.running.applicability import select_applicable
from benchmark.running.cell import CellRun, RunSettings
from benchmark.running.suite import cells_of, load_suite
from benchmark.running.trainer import Hardware
from benchmark.verifying import rerun_split
from benchmark.verifying.verify import verify_result
from datamodules.errors import UserError
from datamodules.registry import find_source
from recovery.commands.verify import verify as command

from ..running.test_cell import MODELS

SMALL = "cogtaskonomy"
EXAMPLE = Path(__file__).parents[3] / "examples/my_recovery_model.py"
OWN_NOISE = """
class OwnNoise(Broken):
    batchable = False

    def forward(self, graph):
        return graph.affinity.mean(1, keepdim=True) + torch.rand_like(graph.affinity) + self.weight.sum()
"""


@pytest.fixture(scope="module")
def own_noise(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A submission that draws from torch's generator."""
    file = tmp_path_factory.mktemp("own") / "own_noise.py"
    file.write_text(MODELS + OWN_NOISE)
    return f"{file}:OwnNoise"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, own_noise: str) -> Path:
    """Whole cells of a small matrix, both settings."""
    out = tmp_path_factory.mktemp("whole")
    source = find_source(SMALL)
    models = ["z-svd3", "source-target-profile", "random", f"{EXAMPLE}:MyRecoveryModel", own_noise]
    for cell in select_applicable(
        cells_of(source, load_suite("default"), models=models), cache(source.read)
    ).cells:
        table = source.read(regime=cell.place.regime, label=cell.place.label)
        effort = RunSettings(members=2, epochs=10)
        CellRun(cell, table=table, effort=effort, hardware=Hardware()).execute(out)
    return out


def cell(folder: Path, name: str, *, setting: str = "transductive-1of3") -> Path:
    return folder / SMALL / "readme-example-score" / setting / f"{name}.json"


@pytest.fixture
def tamper(folder: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copies a cell, changes its JSON and its scores, and seals it again if that is asked for."""

    def change(
        name: str,
        edit: Callable[[Any], object] | None = None,
        *,
        scores: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
        reseal: bool = False,
    ) -> Path:
        original = cell(folder, name)
        path = tmp_path / original.name
        shutil.copy(table_path(original, "scores"), table_path(path, "scores"))
        if scores:
            changed = scores(pd.read_parquet(table_path(path, "scores")))
            changed.to_parquet(table_path(path, "scores"), index=False)
        content = json.loads(original.read_text())
        if edit:
            edit(content)
        if reseal:
            result = Result.model_validate(content)
            content["digest"] = digest_of(result, scores=table_path(path, "scores").read_bytes())
        path.write_text(json.dumps(content))
        return path

    return change


def refusals(path: Path, **models: Any) -> str:
    return "\n".join(verify_result(path, models=models).refusals)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("z-svd3", "transductive-1of3"),
        ("source-target-profile", "transductive-1of3"),
        ("random", "transductive-1of3"),
        ("random", "inductive"),
    ],
)
def test_what_was_written_holds(name: str, setting: str, folder: Path) -> None:
    verdict = verify_result(cell(folder, name, setting=setting), models={})
    assert verdict.refusals == []
    assert [note for note in verdict.notes if "run again: largest difference of a score" in note]


def test_a_result_of_what_cannot_apply_is_refused(folder: Path, tmp_path: Path) -> None:
    result = read_result(cell(folder, "z-svd3"))
    place = result.place.model_copy(update={"setting": "inductive", "mask": None})
    path = tmp_path / "z-svd3.json"
    write_result(result.model_copy(update={"place": place}), path, tables={})
    (refusal,) = verify_result(path, models={}).refusals
    assert refusal.startswith("place: z-svd3 cannot be scored on cogtaskonomy")
    assert refusal.endswith("cannot rank transfers in the inductive setting")


EDITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "the headline": (
        lambda content: content["metrics"]["spearman"].update(mean=0.9),
        "metrics.spearman.mean: 0.9 in the file, ",
    ),
    "the ninth digit of a split": (
        lambda content: content["metrics"]["auc"]["per_split"].__setitem__(
            3, content["metrics"]["auc"]["per_split"][3] + 1e-9
        ),
        "metrics.auc.per_split[3]: ",
    ),
    "an interval": (
        lambda content: content["metrics"]["spearman"].update(low=-0.2),
        "metrics.spearman.low: ",
    ),
    "a target": (
        lambda content: content["metrics"]["spearman"]["per_target"].popitem(),
        "metrics.spearman.counted: more than there are splits and targets",
    ),
    "a count": (
        lambda content: content["metrics"]["spearman"].update(left_out=1),
        "metrics.spearman.left_out: 1",
    ),
    "a metric": (lambda content: content["metrics"].pop("auc"), "metrics.auc: None in the file"),
    "the share": (
        lambda content: content["data"].update(query_share=0.3),
        "data.query_share: 0.3 in the file",
    ),
    "a split's hash": (
        lambda content: content["data"]["split_hashes"].__setitem__(2, "0" * 64),
        "data.split_hashes[2]: '000",
    ),
    "the parameters": (
        lambda content: content["model"].update(parameters=7),
        "model.parameters: 7 in the file",
    ),
    "an argument": (
        lambda content: content["model"]["config"]["init_args"].update(width=33),
        "model.config.init_args.width: 33 in the file, 32 here",
    ),
    "the seed": (lambda content: content["run"].update(seed=1), "fingerprint: "),
    "endless epochs": (
        lambda content: content["run"].update(epochs=10**9),
        "run.epochs: 1,000,000,000; verify",
    ),
    "too many members": (
        lambda content: content["run"].update(members=100),
        "run.members: 100; verify",
    ),
    "the encoder": (
        lambda content: content["model"].update(encoder="dir"),
        "model.encoder: 'dir' in the file",
    ),
    "vmap": (lambda content: content["model"].update(batched=False), "model.batched: False in the file"),
    "a mark": (
        lambda content: content.update(marks=["batch-dependent"]),
        "marks: batch-dependent: the scores of",
    ),
    "the error": (
        lambda content: content.update(error="none"),
        "status: ok, but it has an error or no spearman",
    ),
    "the protocol": (
        lambda content: content.update(protocol_version=0),
        "protocol_version is out of range",
    ),
    "the schema": (
        lambda content: content.update(schema_version=7),
        "schema_version 7, not 1: run the cell again",
    ),
    "the matrix": (
        lambda content: content["data"].update(dataset_hash="f" * 64),
        "data.dataset_hash: the result is of another cogtaskonomy (ffffffffffff…)",
    ),
    "the dataset": (
        lambda content: content["place"].update(dataset="../../etc"),
        "place.dataset: '../../etc' is no published dataset",
    ),
    "the regime": (lambda content: content["place"].update(regime="full"), "place: unknown regime 'full'"),
    "the status": (
        lambda content: content.update(status="failed", error="E: x"),
        "status: failed, but it has no error or has metrics",
    ),
    "an unknown key": (lambda content: content["run"].update(gpu=1), "run.gpu: Extra inputs"),
    "the name": (
        lambda content: content["model"]["config"].update(name="gae-dir"),
        "model.config.name: gae-dir, and the file is called source-target-profile.json",
    ),
    "splits left out": (
        lambda content: [content["data"][key].pop() for key in ("split_numbers", "split_hashes")],
        "metrics.spearman: not one value per split",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_change_is_refused_and_named_even_with_a_new_digest(edit: str, tamper: Callable[..., Path]) -> None:
    change, says = EDITS[edit]
    assert says in refusals(tamper("source-target-profile", change, reseal=edit != "an unknown key"))


@pytest.mark.parametrize("edit", [{"device": "abacus"}, {"versions": {"torch": "1.0"}}])
def test_what_cannot_be_recomputed_is_sealed(edit: dict[str, Any], tamper: Callable[..., Path]) -> None:
    assert refusals(tamper("z-svd3", lambda content: content.update(edit))).startswith("digest: ")


def test_times_are_not_checked(tamper: Callable[..., Path]) -> None:
    assert refusals(tamper("z-svd3", lambda content: content["timing"].update(fit_seconds=0.1))) == ""


def test_a_digit_too_small_for_any_metric_breaks_the_seal(tamper: Callable[..., Path]) -> None:
    def last_digit(content: Any) -> None:
        metric = content["metrics"]["spearman"]
        metric["mean"] = float(np.nextafter(metric["mean"], 1.0))

    assert refusals(tamper("z-svd3", last_digit)).startswith("digest: ")


SCORES: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "an order": (lambda table: table.assign(score=-table["score"]), "metrics.spearman.mean: "),
    "NaN": (lambda table: table.assign(score=np.nan), "column score: a number is out of range"),
    "a row": (lambda table: table.drop(index=5), "its rows are not the "),
    "a column": (
        lambda table: table.drop(columns="spread"),
        "its columns are not split, source, target, score, spread",
    ),
    "a spread": (lambda table: table.assign(spread=table["spread"] + 1e-3), "spread of "),
}


@pytest.mark.parametrize("edit", SCORES)
def test_changed_scores_are_refused(edit: str, tamper: Callable[..., Path]) -> None:
    change, says = SCORES[edit]
    assert says in refusals(tamper("source-target-profile", scores=change, reseal=True))


def test_invented_scores_with_fitting_metrics_fail_the_rerun(folder: Path, tmp_path: Path) -> None:
    """Another model's result under this one's name: all but the re-run agrees."""
    forged, honest = cell(folder, "random"), cell(folder, "source-target-profile")
    path = tmp_path / honest.name
    shutil.copy(table_path(forged, "scores"), table_path(path, "scores"))
    content = json.loads(honest.read_text()) | {"metrics": json.loads(forged.read_text())["metrics"]}
    content["digest"] = digest_of(
        Result.model_validate(content), scores=table_path(path, "scores").read_bytes()
    )
    path.write_text(json.dumps(content))
    verdict = verify_result(path, models={}, split=4)
    assert verdict.refusals[0].startswith("score of ")
    assert "run again (split 4 beside 20 copies of itself; tolerance 0.0001)" in verdict.refusals[0]


def test_a_split_that_rounds_otherwise_by_itself_is_judged_beside_copies(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a model made much of rounding: in a batch of one, a split's scores are a little off."""
    run = rerun_split._run

    def off_by_itself(
        result: Result, ready: CellRun, path: Path, number: int, *, copies: int
    ) -> rerun_split.Rerun:
        again = run(result, ready, path, number, copies=copies)
        return again if copies > 1 else again._replace(refusals=["score of a → b"])

    monkeypatch.setattr(rerun_split, "_run", off_by_itself)
    verdict = verify_result(cell(folder, "source-target-profile"), models={})
    assert verdict.refusals == []
    assert any("beside 20 copies of itself run again: largest" in note for note in verdict.notes)


def test_missing_scores_are_asked_for(tamper: Callable[..., Path]) -> None:
    path = tamper("z-svd3")
    table_path(path, "scores").unlink()
    assert "submit the scores of the run beside the JSON file" in refusals(path)


def test_a_submission_is_run_only_if_the_user_names_it(folder: Path, tamper: Callable[..., Path]) -> None:
    said = refusals(cell(folder, "MyRecoveryModel"))
    assert "code that only a file names is not run" in said
    (config,) = load_in_worker(f"{EXAMPLE}:MyRecoveryModel")
    assert refusals(cell(folder, "MyRecoveryModel"), MyRecoveryModel=config) == ""

    def points_elsewhere(content: Any) -> None:
        content["model"]["config"]["class_path"] = "antigravity.Model"

    said = refusals(tamper("z-svd3", points_elsewhere))
    assert "model.config.class_path: 'antigravity.Model' in the file" in said


def test_a_batch_dependent_result_is_marked_and_cannot_be_verified(folder: Path, own_noise: str) -> None:
    path = cell(folder, "OwnNoise")
    assert read_result(path).marks == ["batch-dependent", "isolated"]
    (config,) = load_in_worker(own_noise)
    (refusal,) = verify_result(path, models={"OwnNoise": config}).refusals
    assert refusal.startswith("marks: batch-dependent")


def test_what_holds_of_a_submission_is_marked_if_asked_for(folder: Path, tmp_path: Path) -> None:
    for name in ("MyRecoveryModel.json", "MyRecoveryModel.scores.parquet"):
        shutil.copy(cell(folder, "MyRecoveryModel").with_name(name), tmp_path)
    path = tmp_path / "MyRecoveryModel.json"
    assert marks_of(read_result(path))[:2] == ["isolated", "self-reported"]
    assert command(path, model=f"{EXAMPLE}:MyRecoveryModel", record=True) == 0
    assert marks_of(read_result(path))[:2] == ["isolated", "verified alone + sham"]
    assert command(path, model=f"{EXAMPLE}:MyRecoveryModel") == 0


def test_other_code_is_said_and_not_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.running.description.source_hash", lambda _: "0" * 64)
    verdict = verify_result(cell(folder, "z-svd3"), models={})
    assert verdict.refusals == []
    assert "made by other code (source_hash); the rerun decides" in verdict.notes


def test_the_command_counts_and_exits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = cell(folder, "z-svd3").parent
    assert command(cell(folder, "z-svd3"), model="", split=None) == 0
    assert "1 result files: 1 ok, 0 refused" in capsys.readouterr().out
    assert command(whole, model=f"{EXAMPLE}:MyRecoveryModel") == 1  # OwnNoise is not named
    assert f"{len(list(whole.glob('*.json')))} result files: 4 ok, 1 refused" in capsys.readouterr().out
    with pytest.raises(UserError, match="no result files"):
        command(whole / "nowhere")
