"""Traffic is the same again from the same seed, and labels are what they say of it."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch

from datamodules.errors import UserError
from measurement.mini_driving import draw as drawing
from measurement.mini_driving import drive as driving
from measurement.mini_driving import paint, scenarios
from measurement.mini_driving import pool as pooling
from measurement.mini_driving import tasks as driving_tasks
from measurement.mini_driving.arrays import Arrays
from measurement.mini_driving.drive import Episode, Moment, drive
from measurement.mini_driving.examples import gap, velocity_map
from measurement.mini_driving.pool import digest, make
from measurement.mini_driving.scenarios import SCENARIOS
from measurement.mini_driving.tasks import CLASS, TASKS, DrivingTask
from measurement.networks import feature_shape, small_encoder
from measurement.task import Part
from measurement.task_file import load_tasks
from measurement.worlds import WORLDS

EXAMPLE = Path(__file__).parents[2] / "examples" / "driving_tasks.py"
PARTS = get_args(Part)
SHAPE = (6, paint.SIDE, paint.SIDE)
# Of highway-env 1.12, pygame-ce 2.5.8 and numpy 2.4.6; another processor may round a pixel otherwise.
FEW_FRAMES = "b430c584284f34f4c80f1c2d7d3e644d4389503470df1ab103e2de45b3368b14"
simulated = pytest.mark.skipif(find_spec("highway_env") is None, reason="highway-env is not installed")


@pytest.fixture(scope="module")
def few() -> Arrays:
    """Two moments of every scenario."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driving, "SECONDS", 4)
        return make("transfer", 1)


@pytest.fixture
def few_everywhere(few: Arrays, monkeypatch: pytest.MonkeyPatch) -> Iterator[Arrays]:
    """Of two moments, one has what only some have: a leader, a class of its own."""
    known = dict(few)
    known["gap"] = np.where(np.arange(len(few["gap"])) % 2, 10.0 + few["scenario"], np.nan)
    known["acceleration"] = np.arange(len(few["gap"])) % 3 - 1.0
    for name in ("left_free", "cut_in"):
        known[name] = np.arange(len(few[name])) % 3 - 1
    monkeypatch.setattr(driving_tasks, "pool", lambda _: known)
    driving_tasks.moments_of.cache_clear()
    yield known
    driving_tasks.moments_of.cache_clear()


@simulated
def test_the_same_seed_gives_the_same_traffic(monkeypatch: pytest.MonkeyPatch, few: Arrays) -> None:
    monkeypatch.setattr(driving, "SECONDS", 4)
    one, again, other, elsewhere = (
        drive(6, part, episode) for part, episode in (("train", 0), ("train", 0), ("train", 1), ("test", 0))
    )
    np.testing.assert_array_equal(one.poses, again.poses)
    assert not np.array_equal(one.poses[0], other.poses[0])
    assert not np.array_equal(one.poses[0], elsewhere.poses[0])
    assert (one.poses[..., 3] >= 0).all()  # nobody drives backwards
    assert digest(few) == FEW_FRAMES


@simulated
def test_frames_show_the_road_and_the_ego_vehicle(few: Arrays) -> None:
    frames = few["frames"]
    assert frames.shape[1:] == (2, 3, *SHAPE[1:])
    assert np.bincount(few["scenario"]).tolist() == [2] * len(SCENARIOS)
    ego_row, ego_column = paint.SIDE // 2, int(paint.BEHIND / paint.METRES * paint.SIDE)
    here = frames[:, 1, :, ego_row - 1 : ego_row + 1, ego_column - 1 : ego_column + 1].mean((2, 3))
    assert (here[:, 1] > here[:, 2] + 30).all()  # it is green
    assert (few["drivable"][:, 11:13, 5:7].min((1, 2)) > 0).all()  # and on the road
    assert (frames != frames[:, :, :, :1, :1]).any((2, 3, 4)).all()  # no frame is empty


@simulated
def test_parts_differ_in_seeds_and_roads() -> None:
    made = {
        driving.seed_of(scenario, part, episode)
        for part, scenario in product(PARTS, range(len(SCENARIOS)))
        for episode in range(pooling.EPISODES[part])
    }
    assert len(made) == len(SCENARIOS) * sum(pooling.EPISODES.values())
    lengths = {}
    for part in PARTS:
        environment = SCENARIOS[4].make(part)
        environment.reset(seed=0)
        lengths[part] = sum(lane.length for lane in environment.road.network.lanes_list())
    assert len(set(lengths.values())) == len(PARTS)


def moment(**known: object) -> Moment:
    nothing = dict.fromkeys(Moment._fields, 0) | {"step": 0, "path": np.zeros((0, 4))}
    return Moment(**(nothing | known))  # type: ignore[arg-type]  # a fixture of our own


def test_a_cut_in_is_a_new_leader_from_elsewhere_in_the_same_lane() -> None:
    leader = np.full(40, -1)
    leader[10:] = 1
    lane = np.zeros(40, dtype=int)
    still = Episode(np.zeros((40, 2, 5)), 0, leader, lane, [])
    beside = moment(ahead=np.array([True, False]))
    assert still.cut_in(beside)
    assert not still.cut_in(moment(ahead=np.array([True, True])))  # caught up with
    assert not still._replace(lane=np.arange(40)).cut_in(beside)  # the ego vehicle changed lanes
    leader[10:21] = -1  # later than two seconds
    assert not still.cut_in(beside)


def test_a_gap_is_between_bumpers() -> None:
    """25 m between the middles of two vehicles of 5 m."""
    poses = np.zeros((1, 2, 5))
    poses[0, 1] = [25.0, 0.0, 0.0, 8.0, 0.0]
    led = Episode(poses, 0, np.array([1]), np.zeros(1, dtype=int), [])
    assert gap(led, 0) == 20.0
    assert np.isnan(gap(led._replace(leader=np.array([-1])), 0))


def test_classes_of_acceleration_by_hand() -> None:
    labels = driving_tasks.pedal({"acceleration": np.array([-6.0, -0.1, 0.0, 0.1, 1.0])})
    assert labels.tolist() == [0, 1, 1, 1, 2]


def test_geometry_by_hand() -> None:
    """Facing down the y axis at (1, 2), (1, 5) is 3 m ahead and (0, 2) is 1 m to the right."""
    pose = np.array([1.0, 2.0, np.pi / 2, 0.0, 0.0])
    points = np.array([[1.0, 5.0], [0.0, 2.0]])
    np.testing.assert_allclose(paint.to_ego(points, pose), [[3.0, 0.0], [0.0, 1.0]], atol=1e-12)
    (corners,) = paint.rectangles(pose[None])
    np.testing.assert_allclose(corners.min(0), [0.0, -0.5], atol=1e-12)  # 2 m wide, 5 m long
    np.testing.assert_allclose(corners.max(0), [2.0, 4.5], atol=1e-12)
    np.testing.assert_array_equal(paint.pooled(np.eye(paint.FINE) * 64, 24), np.eye(24) * 8)


@simulated
def test_velocities_are_at_the_vehicles_places() -> None:
    """An oncoming vehicle at 5 m/s, 10 m ahead of one that faces down the y axis."""
    own = np.array([0.0, 0.0, np.pi / 2, 9.0, 0.0])
    other = np.array([[0.0, 10.0, -np.pi / 2, 5.0, 0.0]])
    places = paint.filled(list(paint.to_ego(paint.rectangles(other), own)))
    ahead, right = velocity_map(other, own, places)
    assert (ahead <= 1e-6).all()
    assert ahead[11:13, 10].max() < -1.0  # (10 + 15) / 2.5 = 10 cells from the left
    assert ahead.min() >= -5.0
    assert (ahead[:, :8] == 0).all()
    np.testing.assert_allclose(right, 0.0, atol=1e-6)


@simulated
@pytest.mark.usefixtures("few_everywhere")
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_data_fits_the_head_and_the_loss(task: DrivingTask) -> None:
    examples = task.data("transfer", seed=0)
    assert examples.inputs.shape[1:] == SHAPE
    assert examples.inputs.dtype == torch.float32
    torch.testing.assert_close(examples, task.data("transfer", seed=0), rtol=0, atol=0)
    assert not torch.equal(examples.inputs, task.data("transfer", seed=1).inputs)
    encoder = small_encoder(SHAPE)
    losses = task.loss(task.head(feature_shape(encoder, SHAPE))(encoder(examples.inputs)), examples.labels)
    assert losses.shape == examples.labels.shape[:1]
    assert torch.isfinite(losses).all()
    if task.kind == CLASS:
        counts = torch.bincount(examples.labels, minlength=task.outputs)
        assert len(counts) == task.outputs
        assert task.name == "frame-order" or counts.min() == counts.max() > 0


def test_examples_are_those_with_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.array([[1.0], [np.nan], [3.0], [4.0]])
    assert sorted(drawing.draw(numbers, "test", seed=0, balanced=False)) == [0, 2, 3]
    classes = np.array([0, 0, 0, 1, 1, -1, -1])
    rows = drawing.draw(classes, "test", seed=0, balanced=True)
    assert np.bincount(classes[rows]).tolist() == [2, 2]
    assert len(set(rows.tolist())) == 4
    monkeypatch.setitem(drawing.COUNTS, "test", 2)
    assert np.bincount(classes[drawing.draw(classes, "test", seed=0, balanced=True)]).tolist() == [1, 1]
    one, same = (drawing.draw(np.zeros(9), "test", seed=seed, balanced=False) for seed in (0, 0))
    np.testing.assert_array_equal(one, same)


@simulated
def test_a_pool_is_made_once(few: Arrays, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(pooling, "make", lambda *_: few)
    pooling.pool.cache_clear()
    first = pooling.pool("test")
    monkeypatch.setattr(pooling, "make", lambda *_: pytest.fail("made again"))
    pooling.pool.cache_clear()
    again = pooling.pool("test")
    pooling.pool.cache_clear()
    assert first.keys() == again.keys() == few.keys()
    assert digest(again) == digest(few)
    assert len({pooling.pool_file(part) for part in PARTS}) == len(PARTS)


@simulated
@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_frames_are_those_of_the_card(part: Part) -> None:
    assert f"`{digest(make(part, pooling.EPISODES[part]))}`" in WORLDS["mini-driving"].words


@simulated
def test_the_example_adds_tasks(few_everywhere: Arrays) -> None:
    added = load_tasks(str(EXAMPLE)).tasks[len(TASKS) :]
    assert [task.name for task in added] == ["traffic", "oncoming"]
    of_traffic, of_oncoming = (task.label(few_everywhere) for task in added if isinstance(task, DrivingTask))
    np.testing.assert_allclose(of_traffic[:, 0], few_everywhere["vehicles"].mean((1, 2)))
    assert set(of_oncoming.tolist()) <= {0, 1}


def test_without_highway_env_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"affinity-bench\[driving\]"):
        SCENARIOS[0].make("train")


@pytest.mark.processes
def test_tasks_are_known_without_highway_env() -> None:
    """In a process of its own, where importing it fails."""
    code = (
        "import sys; sys.modules['highway_env'] = sys.modules['pygame'] = sys.modules['gymnasium'] = None\n"
        "from measurement.mini_driving.tasks import TASKS\n"
        "print(len(TASKS))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(TASKS)), done.stderr
