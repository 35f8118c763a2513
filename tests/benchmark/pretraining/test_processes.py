"""Two processes, of torchrun or of Ray, take the steps that one takes on the worlds of both."""

import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn.functional import pad

from benchmark.cli_arguments import call_with_words
from benchmark.commands.pretrain import pretrain
from datamodules.graph import TaskGraph
from lit_models.pretraining import synthetic_data
from lit_models.prior.episodes import SyntheticBatch, draw_batch

from ..command import AFFINITY_BENCH, Started, complete

SMALL = ["--steps", "100", "--check_every", "100", "--width", "16", "--depth", "1", "--cells", "300"]
TORCHRUN = str(Path(sys.executable).with_name("torchrun"))
# Of weights after 100 steps: Muon rounds its steps to bfloat16, which turns float32's last digits into these.
TOLERANCE = 2e-2


def both(one: SyntheticBatch, other: SyntheticBatch) -> SyntheticBatch:
    """The worlds of two batches; a channel that one of them lacks is constant, and says nothing."""
    most = max(one.channels.shape[1], other.channels.shape[1])

    def joined(first: Tensor, second: Tensor) -> Tensor:
        return torch.cat([first, second])

    channels = [pad(each.channels, (0, 0, 0, 0, 0, most - each.channels.shape[1])) for each in (one, other)]
    graph = TaskGraph(*map(joined, one.graph, other.graph))
    rest = map(joined, one[2:], other[2:])
    return SyntheticBatch(graph, joined(*channels), *rest)


def train(folder: Path) -> Path:
    call_with_words(pretrain, [*SMALL, "--out", str(folder)], prog="pretrain")
    return folder


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What one process learns from the worlds of two."""

    def draw_both(*, index: int, seed: int, **more: int) -> SyntheticBatch:
        if seed == synthetic_data.VALIDATION_SEED:
            return draw_batch(index=index, seed=seed, **more)  # type: ignore[arg-type]  # passed on
        return both(*(draw_batch(index=2 * index + rank, seed=seed, **more) for rank in (0, 1)))  # type: ignore[arg-type]  # likewise

    with monkeypatch.context() as patch:
        patch.setattr(synthetic_data, "draw_batch", draw_both)
        return train(tmp_path / "alone")


def difference(one: Path, other: Path) -> float:
    """The largest of any weight."""
    weights, others = (load_file(folder / "prior-fitted.safetensors") for folder in (one, other))
    assert weights.keys() == others.keys()
    return max(float((weights[name] - others[name]).abs().max()) for name in weights)


def assert_same_training(one: Path, other: Path) -> None:
    found = difference(one, other)
    print(f"{other.name}: largest difference of a weight {found:.1e}")
    assert found < TOLERANCE
    (row,), (another,) = (pd.read_csv(folder / "log.csv").to_dict("records") for folder in (one, other))
    assert row["worlds"] == another["worlds"]
    for name in ("train_value", "train_rank", "validation_value_loss", "validation_rank_loss", "coverage"):
        assert row[name] == pytest.approx(another[name], abs=1e-3)


@pytest.mark.slow
def test_the_worlds_of_one_process_alone_teach_something_else(alone: Path, tmp_path: Path) -> None:
    """Otherwise the comparisons below would be blind."""
    assert difference(alone, train(tmp_path / "without_the_other_worlds")) > 5 * TOLERANCE


@pytest.mark.processes
@pytest.mark.slow
def test_two_processes_of_torchrun_learn_what_one_does(alone: Path, tmp_path: Path) -> None:
    together = tmp_path / "torchrun"
    words = [
        TORCHRUN,
        "--standalone",
        "--nproc-per-node",
        "2",
        "--no-python",
        str(AFFINITY_BENCH),
        "pretrain",
    ]
    printed = complete(*words, *SMALL, "--out", str(together), "--devices", "2")
    assert printed.count("[100/100]") == printed.count("trained: ") == 1
    assert_same_training(alone, together)


@pytest.mark.processes
@pytest.mark.slow
def test_two_workers_of_ray_learn_what_one_process_does(alone: Path, tmp_path: Path) -> None:
    together = tmp_path / "ray"
    words = [str(AFFINITY_BENCH), "pretrain", *SMALL, "--launcher", "ray", "--devices", "2"]
    printed = complete(*words, "--out", str(together))
    assert printed.count("[100/100]") == printed.count("trained: ") == 1
    assert_same_training(alone, together)
    assert not (together / ".ray").exists()


@pytest.mark.processes
@pytest.mark.slow
def test_the_mistake_of_a_user_is_one_message_from_ray_too(tmp_path: Path) -> None:
    code, _, error = Started(
        [str(AFFINITY_BENCH), "pretrain", "--steps", "7", "--launcher", "ray", "--out", str(tmp_path)]
    ).finish(seconds=300)
    assert code == 2
    assert error.splitlines()[-1] == "affinity-bench: steps is 7: it must be a positive multiple of 100"
