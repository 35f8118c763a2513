"""The photographs' parts have nothing in common, and labels are what they say."""

import socket
import subprocess
import sys
from itertools import combinations, pairwise
from typing import get_args

import numpy as np
import pytest
import torch

from datamodules.errors import UserError
from measurement.mini_vision import maps, photographs, scene, spoil
from measurement.mini_vision.draw import COUNTS, draw, patches, pool
from measurement.mini_vision.photographs import (
    BANDED,
    FILES,
    GAP,
    SIDE,
    WHOLE,
    band,
    disparity,
    photograph,
    windows,
)
from measurement.mini_vision.tasks import TASKS, PatchTask
from measurement.networks import feature_shape, small_encoder
from measurement.task import Part

PARTS = get_args(Part)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in PARTS:
        monkeypatch.setitem(COUNTS, part, 24)


@pytest.fixture
def ramp() -> np.ndarray:
    """A grey picture of 40 × 40 pixels that gets brighter to the right."""
    return np.repeat(np.tile(np.linspace(0.1, 0.9, 40), (40, 1))[..., None], 3, axis=2)


def test_no_photograph_is_in_two_parts() -> None:
    names = [name for part in PARTS for name in WHOLE[part]] + list(BANDED)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", BANDED)
def test_bands_have_a_gap_between(name: str) -> None:
    bands = [band(name, part) for part in PARTS]
    assert bands[0].left == 0
    assert bands[-1].right == photograph(name).shape[1]
    for one, other in pairwise(bands):
        assert other.left - one.right >= GAP - 1  # halves of a gap, rounded
        assert one.right - one.left > SIDE


@pytest.mark.usefixtures("few")
def test_no_pixel_is_in_two_parts() -> None:
    seen: dict[str, dict[str, np.ndarray]] = {part: {} for part in PARTS}
    for part in PARTS:
        choice = windows(part) + [band(name, part) for name in BANDED]
        for seed in range(20):
            for name, top, left in draw(choice, part, seed=seed):
                mask = seen[part].setdefault(name, np.zeros(photograph(name).shape[:2], dtype=bool))
                mask[top : top + SIDE, left : left + SIDE] = True
    assert set(seen["test"]) == set(WHOLE["test"]) | set(BANDED)
    for one, other in combinations(PARTS, 2):
        for name in seen[one].keys() & seen[other].keys():
            assert not (seen[one][name] & seen[other][name]).any(), name


def test_photographs_are_read_from_the_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was asked"))
    photograph.cache_clear()
    for name in [name for part in PARTS for name in WHOLE[part]] + list(BANDED):
        image = photograph(name)
        assert image.ndim == 3
        assert image.shape[2] == 3
        assert 0.0 <= image.min() < image.max() <= 1.0
    assert {package for package, _ in FILES.values()} == {"skimage", "sklearn"}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_data_fits_the_head_and_the_loss(task: PatchTask) -> None:
    examples = task.data("transfer", seed=0)
    assert examples.inputs.shape == (24, 3, SIDE, SIDE)
    assert examples.inputs.dtype == torch.float32
    again, other = task.data("transfer", seed=0), task.data("transfer", seed=1)
    torch.testing.assert_close(examples, again, rtol=0, atol=0)
    assert not torch.equal(examples.inputs, other.inputs)
    encoder = small_encoder((3, SIDE, SIDE))
    head = task.head(feature_shape(encoder, (3, SIDE, SIDE)))
    losses = task.loss(head(encoder(examples.inputs)), examples.labels)
    assert losses.shape == (24,)
    assert torch.isfinite(losses).all()


@pytest.mark.usefixtures("few")
def test_labels_are_in_units_of_the_training_part() -> None:
    for task in TASKS:
        labels = task.data("train", seed=3).labels
        if labels.is_floating_point():
            assert labels.mean().abs() < 1e-4, task.name
            assert abs(float(labels.std()) - 1.0) < 0.05, task.name
        else:
            assert 0 <= labels.min() <= labels.max() < task.outputs, task.name


@pytest.mark.usefixtures("few")
def test_spoilt_patches(rng: np.random.Generator) -> None:
    images = patches(draw(windows("train"), "train", seed=0))
    holed = spoil.cut_hole(images, rng)
    assert ((holed == images).all(1).sum((1, 2)) >= SIDE**2 - spoil.HOLE**2).all()
    assert ((holed == 0.5).all(1).sum((1, 2)) >= spoil.HOLE**2).all()
    grey = spoil.remove_colour(images, rng)
    np.testing.assert_array_equal(grey[:, 0], grey[:, 2])
    coarse = spoil.lower_resolution(images, rng)
    np.testing.assert_allclose(pool(coarse, 4), pool(images, 4))
    assert (np.ptp(coarse.reshape(24, 3, 8, 4, 8, 4), axis=(3, 5)) < 1e-12).all()
    blurred, sigmas = spoil.blur(images, rng)
    assert sigmas.shape == (24, 1)
    assert np.abs(np.diff(blurred)).mean() < np.abs(np.diff(images)).mean()


def test_maps_of_a_ramp(ramp: np.ndarray) -> None:
    inner = (slice(10, -10), slice(10, -10))
    assert np.ptp(maps.edges(ramp)[inner]) < 1e-9  # the same slope everywhere
    np.testing.assert_allclose(maps.keypoints(ramp)[inner], 0.0, atol=1e-6)
    np.testing.assert_allclose(maps.curvature(ramp)[inner], 0.0, atol=1e-6)
    horizontal = maps.orientation(ramp)[inner]
    np.testing.assert_allclose(horizontal[..., 1], 0.0, atol=1e-9)
    assert (horizontal[..., 0] > 0.7).all()
    np.testing.assert_allclose(maps.orientation(ramp.swapaxes(0, 1))[inner], -horizontal, atol=1e-9)
    directions = maps.gradients(ramp)[inner]
    assert (directions[..., 0] > 0.0).all()  # to the right
    np.testing.assert_allclose(directions[..., 1:], 0.0, atol=1e-12)


@pytest.mark.usefixtures("few")
def test_the_scene_is_measured() -> None:
    known = np.isfinite(disparity())
    assert 0.9 < known.mean() < 1.0
    normals = scene.normals()
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1.0)
    np.testing.assert_allclose(np.exp(scene.depth()[..., 0][known]), disparity()[known])
    for part in PARTS:
        places = scene.scene_places(part, seed=0)
        assert len(places) == 24
        for _, top, left in places:
            assert known[top : top + SIDE, left : left + SIDE].mean() >= scene.MIN_KNOWN


def test_without_scikit_image_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photographs, "find_spec", lambda _: None)
    photograph.cache_clear()
    with pytest.raises(UserError, match=r"affinity-bench\[measure\]"):
        photograph("chelsea")


@pytest.mark.processes
@pytest.mark.slow
def test_everything_else_works_without_scikit_image() -> None:
    """In a process of its own, where importing it fails."""
    code = (
        "import sys; sys.modules['skimage'] = None\n"
        "import leaderboard.cli, datamodules.registry, benchmark.commands.measure, benchmark.commands.ahp\n"
        "from measurement.mini_vision.tasks import TASKS\n"
        "print(len(TASKS))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(TASKS)), done.stderr
