"""Training on synthetic worlds: what it learns, and that a run that was stopped ends the same."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
import torch
from rich.console import Console

from benchmark.cli_arguments import call_with_words
from benchmark.commands.pretrain import pretrain
from benchmark.pretraining import log, run
from benchmark.pretraining.run import pretrain_network
from benchmark.pretraining.zero_shot import ZeroShot
from benchmark.progress.pretraining import PretrainingProgress
from benchmark.running.trainer import Hardware
from datamodules.errors import UserError
from lit_models.layers.grid_network import GridNetwork
from lit_models.loading.weights import bytes_hash, load_network
from lit_models.pretraining import curriculum, lit_pretraining, synthetic_data
from lit_models.pretraining.lit_pretraining import LitPretraining
from lit_models.prior.episodes import draw_batch

PER_EPOCH = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few small steps, and a network that grows after the first epoch."""
    for module in (run, synthetic_data, lit_pretraining):
        monkeypatch.setattr(module, "STEPS_PER_EPOCH", PER_EPOCH)
    monkeypatch.setattr(curriculum, "DEPTHS", {0: 1, PER_EPOCH: 2})
    monkeypatch.setattr(synthetic_data, "VALIDATION_SIZES", {6: 4})
    monkeypatch.setattr(log, "zero_shot", lambda *_, **__: {"taskonomy/16k": ZeroShot(0.5, 0.9)})


def train(
    folder: Path,
    steps: int,
    *,
    check_every: int = PER_EPOCH,
    seed: int = 0,
    cells: int = 300,
    workers: int = 0,
) -> LitPretraining:
    return pretrain_network(
        folder=folder,
        steps=steps,
        seed=seed,
        check_every=check_every,
        hardware=Hardware(),
        precision="32-true",
        console=Console(file=io.StringIO()),
        width=16,
        cells=cells,
        workers=workers,
    )


def same(one: GridNetwork, other: GridNetwork) -> bool:
    states = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in states)


def test_a_run_that_was_stopped_ends_as_without_the_break(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(tmp_path / "whole", 4 * PER_EPOCH)

    def stop(_: object, done: int) -> None:
        if done == 2 * PER_EPOCH + 2:
            raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(PretrainingProgress, "step", stop)
        with pytest.raises(RuntimeError, match="killed"):
            train(tmp_path / "stopped", 4 * PER_EPOCH)
    resumed = train(tmp_path / "stopped", 4 * PER_EPOCH)
    assert same(whole.network, resumed.network)
    assert int(resumed.worlds) == int(whole.worlds)
    one, other = (pd.read_csv(tmp_path / name / "log.csv") for name in ("whole", "stopped"))
    timed = ["cpu_seconds", "worlds_per_second"]
    pd.testing.assert_frame_equal(one.drop(columns=timed), other.drop(columns=timed))
    assert one.step.tolist() == [4, 8, 12, 16]
    assert one.depth.tolist() == [1, 2, 2, 2]


@pytest.mark.processes
def test_workers_draw_the_worlds_that_the_process_itself_would(tmp_path: Path) -> None:
    alone = train(tmp_path / "alone", 2 * PER_EPOCH)
    helped = train(tmp_path / "helped", 2 * PER_EPOCH, workers=2)
    assert same(alone.network, helped.network)


def test_a_finished_run_goes_on_when_it_is_given_more_steps(tmp_path: Path) -> None:
    first = train(tmp_path, PER_EPOCH)
    untouched = train(tmp_path, PER_EPOCH)
    assert same(first.network, untouched.network)
    longer = train(tmp_path, 2 * PER_EPOCH)
    assert not same(first.network, longer.network)
    assert pd.read_csv(tmp_path / "log.csv").step.tolist() == [4, 8]


def test_the_weights_are_those_of_the_last_check(tmp_path: Path) -> None:
    module = train(tmp_path, 2 * PER_EPOCH, check_every=2 * PER_EPOCH)
    file = tmp_path / "prior-fitted.safetensors"
    back = load_network(file, sha256=bytes_hash(file.read_bytes()))
    batch = draw_batch(seed=1, index=0, tasks=6, worlds=2)
    with torch.no_grad():
        expected = module.network(batch.graph, batch.channels, depth=2).rank
        assert torch.equal(back(batch.graph, batch.channels).rank, expected)
    record = json.loads(file.with_suffix(".json").read_text())
    assert record["sha256"] == bytes_hash(file.read_bytes())
    assert (record["seed"], record["step"], record["depth"]) == (0, 2 * PER_EPOCH, 2)
    assert record["worlds"] == int(module.worlds)
    assert (tmp_path / "checkpoint.ckpt").stat().st_size < 10 * 2**20


def test_seeds_differ_and_layers_that_are_not_in_use_stay_as_they_were(tmp_path: Path) -> None:
    one = train(tmp_path / "one", PER_EPOCH)
    other = train(tmp_path / "other", PER_EPOCH, seed=1)
    assert not same(one.network, other.network)
    before = LitPretraining(steps=1, width=16).network
    for layer in range(8):
        now, then = (network.layers[layer].state_dict() for network in (one.network, before))
        is_as_before = all(torch.equal(now[name], then[name]) for name in then)
        assert is_as_before is (layer >= 1)


def test_training_lowers_both_losses(tmp_path: Path) -> None:
    train(tmp_path, 15 * PER_EPOCH, check_every=5 * PER_EPOCH, cells=1_000)
    rows = pd.read_csv(tmp_path / "log.csv")
    assert rows.train_value.iloc[-1] < rows.train_value.iloc[0]
    assert rows.train_rank.iloc[-1] < rows.train_rank.iloc[0]
    assert rows.train_correlation.iloc[-1] > rows.train_correlation.iloc[0]


@pytest.mark.parametrize(
    ("steps", "check_every"), [(PER_EPOCH + 1, PER_EPOCH), (PER_EPOCH, 1), (0, PER_EPOCH)]
)
def test_steps_that_make_no_whole_epochs_are_refused(tmp_path: Path, steps: int, check_every: int) -> None:
    with pytest.raises(UserError, match=f"multiple of {PER_EPOCH}"):
        train(tmp_path, steps, check_every=check_every)


def test_the_checkpoint_of_another_seed_is_refused(tmp_path: Path) -> None:
    train(tmp_path, PER_EPOCH, seed=1)
    with pytest.raises(UserError, match="of seed 1, not 0"):
        train(tmp_path, 2 * PER_EPOCH)


def test_the_checkpoint_of_another_width_is_refused(tmp_path: Path) -> None:
    train(tmp_path, PER_EPOCH)
    with pytest.raises(UserError, match="of width 16, not 96"):
        call_with_words(
            pretrain, ["--out", str(tmp_path), "--check_every", "4", "--steps", "8"], prog="pretrain"
        )


def test_a_run_from_the_command_line_goes_on(tmp_path: Path) -> None:
    words = [
        "--width",
        "16",
        "--depth",
        "1",
        "--cells",
        "300",
        "--without",
        '["homophily", "noise"]',
        "--out",
        str(tmp_path),
        "--check_every",
        str(PER_EPOCH),
        "--steps",
    ]
    for steps in (PER_EPOCH, 2 * PER_EPOCH, 3 * PER_EPOCH):
        assert call_with_words(pretrain, [*words, str(steps)], prog="pretrain") == 0
    assert pd.read_csv(tmp_path / "log.csv").step.tolist() == [4, 8, 12]
