"""A search goes on as if it had never been stopped, and starts with the model as it is."""

import math
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import optuna
import pytest
import yaml
from filelock import FileLock

from benchmark.commands.tune import tune
from benchmark.running.cell import RunSettings
from benchmark.tuning.objective import HeldBack
from benchmark.tuning.search import Attempt, Scorer, search, search_name
from benchmark.tuning.search_space import Space, own_values
from datamodules.errors import UserError
from datamodules.registry import DATASETS
from lit_models.loading.config import ModelConfig, Training, Tuning
from lit_models.registry import load_model

from ..conftest import one_cell, run_cell

MODEL = load_model("gravity-dir")
# Small, because Optuna writes every value by itself, and a disk takes its time.
SPACE = Space.model_validate(
    {
        "init_args": {"dropout": {"low": 0.0, "high": 0.5}},
        "training": {
            "learning_rate": {"low": 0.001, "high": 0.1, "log": True},
            "schedule": {"choices": ["constant", "cosine"]},
        },
    }
)
SMALL = DATASETS["cogtaskonomy"].read(regime="readme-example", label="score")


def bowl(config: ModelConfig) -> Mapping[str, float]:
    """Two data sets that like a learning rate of 0.01 and a dropout of 0.2."""
    return {
        "first": -abs(math.log(config.training.learning_rate / 0.01)),
        "second": -abs(config.init_args["dropout"] - 0.2),
    }


def stopped_after(calls: int, how: type[BaseException]) -> Scorer:
    """A scorer that is interrupted in the middle of a trial."""
    left = iter(range(calls))

    def scorer(config: ModelConfig) -> Mapping[str, float]:
        if next(left, None) is None:
            raise how
        return bowl(config)

    return scorer


def run(
    storage: Path, trials: int, *, scorer: Scorer = bowl, seed: int = 0, name: str = "it"
) -> list[Attempt]:
    found = search(scorer, MODEL, SPACE, trials=trials, seed=seed, storage=storage, name=name)
    return [attempt._replace(seconds=0.0) for attempt in found]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("search") / "tune.db"


@pytest.fixture(scope="module")
def uninterrupted(searched: Path) -> list[Attempt]:
    """Longer than the sampler's ten random trials, so that it models what it has seen."""
    return run(searched, 12)


def test_the_model_as_it_is_comes_first(uninterrupted: list[Attempt]) -> None:
    first = uninterrupted[0]
    assert first.values == own_values(MODEL, SPACE)
    assert first.values["training.learning_rate"] == Training().learning_rate
    assert first.scores == bowl(MODEL)
    assert first.score == pytest.approx((-math.log(2) - 0.1) / 2)
    assert [attempt.number for attempt in uninterrupted] == list(range(12))
    assert all(attempt.values != first.values for attempt in uninterrupted[1:])


def test_later_trials_are_drawn_where_earlier_ones_did_well(tmp_path: Path) -> None:
    def dropout(config: ModelConfig) -> Mapping[str, float]:
        return {"only": -abs(config.init_args["dropout"] - 0.4)}

    space = SPACE.model_copy(update={"training": {}})
    found = search(dropout, MODEL, space, trials=20, seed=0, storage=tmp_path / "tune.db", name="it")
    scores = [attempt.score for attempt in found]
    assert np.median(scores[10:]) > np.median(scores[:10]) + 0.05


def test_a_rerun_goes_on_where_the_last_one_ended(uninterrupted: list[Attempt], tmp_path: Path) -> None:
    assert run(tmp_path / "tune.db", 5) == uninterrupted[:5]
    assert run(tmp_path / "tune.db", 12) == uninterrupted


@pytest.mark.parametrize("trials", [2, 12])
def test_trials_count_those_of_earlier_runs(
    trials: int, uninterrupted: list[Attempt], searched: Path
) -> None:
    assert run(searched, trials, scorer=stopped_after(0, KeyboardInterrupt)) == uninterrupted[:trials]


@pytest.mark.parametrize(("calls", "how"), [(0, KeyboardInterrupt), (11, SystemExit)])
def test_an_interrupted_trial_is_tried_again(
    calls: int, how: type[BaseException], uninterrupted: list[Attempt], tmp_path: Path
) -> None:
    for _ in range(2):
        with pytest.raises(how):
            run(tmp_path / "tune.db", 12, scorer=stopped_after(calls, how))
        calls = 0
    assert run(tmp_path / "tune.db", 12) == uninterrupted


def test_the_model_as_it_is_is_tried_once_however_early_it_ends(
    uninterrupted: list[Attempt], tmp_path: Path
) -> None:
    # What a process leaves that is killed between putting the first trial down and starting it.
    url = f"sqlite:///{tmp_path / 'tune.db'}"
    study = optuna.create_study(storage=url, study_name="it", direction="maximize")
    study.enqueue_trial(own_values(MODEL, SPACE))
    assert run(tmp_path / "tune.db", 2) == uninterrupted[:2]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from benchmark.tuning.search_space import Space
from benchmark.tuning.search import search
from lit_models.registry import load_model

calls = 0
def scorer(config):
    global calls
    calls += 1
    if calls > 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"only": config.training.learning_rate}

space = Space.model_validate_json(sys.argv[3])
found = search(
    scorer, load_model("gravity-dir"), space, trials=6, seed=0, storage=Path(sys.argv[2]), name="it"
)
list(found)
"""


@pytest.mark.processes
@pytest.mark.slow
def test_a_killed_process_leaves_what_is_done(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[3])
    words = [sys.executable, "-c", KILLED, root, tmp_path / "killed.db", SPACE.model_dump_json()]
    killed = subprocess.run(words, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with closing(sqlite3.connect(tmp_path / "killed.db")) as database:
        states = [state for (state,) in database.execute("SELECT state FROM trials ORDER BY trial_id")]
    assert states == ["COMPLETE"] * 3 + ["RUNNING"]

    def learning_rate(config: ModelConfig) -> Mapping[str, float]:
        return {"only": config.training.learning_rate}

    whole = run(tmp_path / "whole.db", 6, scorer=learning_rate)
    assert run(tmp_path / "killed.db", 6, scorer=learning_rate) == whole


def test_a_configuration_that_fails_counts_and_is_never_the_best(tmp_path: Path) -> None:
    def fragile(config: ModelConfig) -> Mapping[str, float]:
        if config.training.schedule == "cosine":
            raise RuntimeError("on purpose\nand more")
        return bowl(config)

    attempts = run(tmp_path / "tune.db", 8, scorer=fragile)
    failed = [attempt for attempt in attempts if attempt.error]
    assert 0 < len(failed) < 8
    assert {(attempt.error, attempt.score) for attempt in failed} == {("RuntimeError: on purpose", -math.inf)}
    assert all(attempt.values["training.schedule"] == "cosine" for attempt in failed)
    assert run(tmp_path / "tune.db", 8, scorer=stopped_after(0, KeyboardInterrupt)) == attempts


def test_a_model_that_fails_as_it_is_says_so(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError):
        run(tmp_path / "tune.db", 3, scorer=stopped_after(0, ArithmeticError))


def test_seeds_and_names_keep_searches_apart(uninterrupted: list[Attempt], tmp_path: Path) -> None:
    run(tmp_path / "tune.db", 3)
    other = run(tmp_path / "tune.db", 3, seed=1, name="other")
    assert other[0] == uninterrupted[0]
    pairs = zip(other[1:], uninterrupted[1:3], strict=True)
    assert all(mine.values != theirs.values for mine, theirs in pairs)


def test_a_name_depends_on_all_that_decides_the_trials() -> None:
    def name(model: ModelConfig = MODEL, *, ridge: bool = False, splits: int = 2, seed: int = 0) -> str:
        scorer = HeldBack(model, tables=[SMALL], setting="transductive", splits=splits, members=2, seed=seed)
        space = SPACE.model_copy(update={"training": {}}) if ridge else SPACE
        return search_name(model, space, scorer)

    wider = MODEL.model_copy(update={"init_args": {**MODEL.init_args, "width": 33}})
    names = [name(), name(wider), name(ridge=True), name(splits=3), name(seed=1)]
    assert len(set(names)) == len(names)
    assert name() == names[0]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with FileLock(f"{tmp_path / 'tune.db'}.lock"), pytest.raises(UserError, match="another process"):
        run(tmp_path / "tune.db", 1)
    assert len(run(tmp_path / "tune.db", 1)) == 1


def test_another_file_is_not_a_storage(tmp_path: Path) -> None:
    (tmp_path / "tune.db").write_text("source,target,value\n" * 99)
    with pytest.raises(UserError, match="not a file of earlier searches"):
        run(tmp_path / "tune.db", 1)


def tune_small(folder: Path, *, trials: int) -> int:
    return tune(
        "z-svd3", trials=trials, dataset="cogtaskonomy", splits=3, storage=folder / "tune.db", out=folder
    )


def test_the_command_writes_the_best_as_a_models_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune_small(tmp_path, trials=5) == 0
    text = (tmp_path / "z-svd3-tuned.yaml").read_text()
    config = load_model(str(tmp_path / "z-svd3-tuned.yaml"))
    assert config.name == "z-svd3-tuned"
    place = "cogtaskonomy/readme-example/score"
    assert config.tuning == Tuning(
        trials=5, datasets=[place], setting="transductive", splits=3, members=4, seed=0
    )
    own = load_model("z-svd3")
    scorer = HeldBack(own, tables=[SMALL], setting="transductive", splits=3, members=4, seed=0)
    before, after = scorer(own)[place], scorer(config)[place]
    assert f"# {before:.3f} before -> {after:.3f} after" in text
    assert text.startswith("# affinity-bench tune z-svd3 --trials 5 --dataset cogtaskonomy --setting trans")
    assert config.training == own.training
    assert after > before
    shown = capsys.readouterr().out
    assert "[5/5]" in shown
    assert "init_args.shrinkage" in shown
    assert f"{after:.3f}" in shown


def test_what_is_done_when_interrupted_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        stopping = stopped_after(2, KeyboardInterrupt)
        patched.setattr(HeldBack, "__call__", lambda *_: stopping(MODEL))
        assert tune_small(tmp_path, trials=5) == 130
    assert "resume from trial 2" in capsys.readouterr().out
    assert yaml.safe_load((tmp_path / "z-svd3-tuned.yaml").read_text())["tuning"]["trials"] == 2


def test_a_submission_is_searched_and_its_results_say_what_that_cost(tmp_path: Path) -> None:
    example = Path(__file__).parents[3] / "examples/my_recovery_model.py"
    space = tmp_path / "space.yaml"
    space.write_text("init_args: {width: {low: 2, high: 32}}\n")
    code = tune(
        f"{example}:MyRecoveryModel",
        trials=2,
        dataset="cogtaskonomy",
        splits=2,
        members=1,
        space=space,
        storage=tmp_path / "own.db",
        out=tmp_path / "tuned",
    )
    assert code == 0
    assert (tmp_path / "own.db").is_file()
    tuned = load_model(str(tmp_path / "tuned/MyRecoveryModel-tuned.yaml"))
    assert tuned.class_path == "submission.my_recovery_model.MyRecoveryModel"
    cell = one_cell("z-svd3").model_copy(update={"model": tuned})
    result = run_cell(cell, tmp_path, effort=RunSettings(members=1, epochs=1, numbers=(0,)))
    assert result.model.config.tuning is not None
    assert (result.model.config.tuning.trials, result.model.config.tuning.splits) == (2, 2)
