"""One episode of traffic: everybody's poses, and what the simulator knows at some of its moments."""

from typing import Any, NamedTuple

import numpy as np

from measurement.mini_driving.arrays import BoolArray, FloatArray, IntArray
from measurement.mini_driving.scenarios import SCENARIOS
from measurement.task import Part

RATE = 10  # simulated steps per second
SECONDS = 12
FIRST, EVERY = 10, 8  # steps: the first moment, and from each to the next
SPAN = 4  # steps from one frame to the next
HORIZON = 10  # steps to what occupancy predicts
WATCHED = 20  # steps in which a cut-in counts, and that a trajectory covers
RANGE = 45.0  # metres ahead in which a vehicle counts as the leader
BEND = 15.0  # metres over which the road's curvature is taken

STARTS: dict[Part, int] = {"train": 0, "transfer": 100_000, "test": 200_000}


class Moment(NamedTuple):
    """What is known of one moment; angles in radians, positive to the right as in highway-env.

    Attributes:
        step: step of the simulation.
        heading_error: angle of the ego vehicle to its lane.
        lateral_offset: metres from the lane's centre.
        curvature: of the lane ahead, radians per metre.
        lane_left: metres to the end of the lane, at most ``RANGE``.
        acceleration: what the driver model does, m/s².
        steering: the angle of its front wheels, radians.
        left_free: whether the lane to the left has room for the ego vehicle; −1 if there is none.
        ahead: [vehicles] which are on the ego vehicle's lane or on those that follow it.
        path: [points, 4], left and right edge of the lane and of those that follow it, metres.
    """

    step: int
    heading_error: float
    lateral_offset: float
    curvature: float
    lane_left: float
    acceleration: float
    steering: float
    left_free: int
    ahead: BoolArray
    path: FloatArray


class Episode(NamedTuple):
    """One episode.

    Attributes:
        poses: [steps, vehicles, 5]: x and y in metres, heading, speed in m/s, and 1 for the crashed.
        ego: number of the vehicle that the frames are around.
        leader: [steps] number of the vehicle ahead of it within ``RANGE``, −1 if there is none.
        lane: [steps] number of the ego vehicle's target lane among those side by side.
        moments: the moments that become examples.
    """

    poses: FloatArray
    ego: int
    leader: IntArray
    lane: IntArray
    moments: list[Moment]

    def cut_in(self, moment: Moment) -> bool:
        """Whether a vehicle from elsewhere is the leader soon, while the ego vehicle keeps its lane."""
        soon = slice(moment.step + 1, moment.step + WATCHED + 1)
        leaders = set(self.leader[soon][self.lane[soon] == self.lane[moment.step]].tolist()) - {-1}
        return any(not moment.ahead[leader] for leader in leaders)


def drive(scenario: int, part: Part, episode: int) -> Episode:
    """Simulate one episode; the ego vehicle is one of the traffic, drawn at random.

    All vehicles are driven by the Intelligent Driver Model and MOBIL. The ego vehicle is nudged aside before
    some of the moments, so that it is not always in the middle of its lane.

    Args:
        scenario: number of the scenario.
        part: decides the seed, and the road where parts differ in it.
        episode: number of the episode.

    Returns:
        The episode, up to the ego vehicle's first crash.
    """
    seed = seed_of(scenario, part, episode)
    rng = np.random.default_rng([seed, 1])
    environment = SCENARIOS[scenario].make(part)
    environment.reset(seed=seed)
    road = environment.road
    for number, vehicle in enumerate(road.vehicles):
        road.vehicles[number] = _driver(road, vehicle, rng)
    number = int(rng.integers(len(road.vehicles)))
    ego = road.vehicles[number]
    ego.enable_lane_change = True
    poses, leaders, lanes, moments = [], [], [], []
    for step in range(SECONDS * RATE):
        if step % EVERY == (FIRST - SPAN - 1) % EVERY and rng.uniform() < 0.6:
            _nudge(ego, rng)
        for vehicle in road.vehicles:
            vehicle.speed = max(vehicle.speed, 0.0)  # the model alone would have them drive backwards
        road.act()
        leader, _ = road.neighbour_vehicles(ego)
        leaders.append(_number(road, ego, leader))
        lanes.append(ego.target_lane_index[2])
        poses.append([[*v.position, v.heading, v.speed, float(v.crashed)] for v in road.vehicles])
        if ego.crashed:
            break
        if step >= FIRST and (step - FIRST) % EVERY == 0 and ego.on_road:
            moments.append(_moment(road, ego, step))
        road.step(1 / RATE)
    last = len(poses) - WATCHED - 1
    return Episode(
        np.array(poses),
        number,
        np.array(leaders),
        np.array(lanes),
        [moment for moment in moments if moment.step <= last],
    )


def seed_of(scenario: int, part: Part, episode: int) -> int:
    """Seed of an episode; no two episodes have the same, unless one scenario has a thousand of them."""
    return STARTS[part] + 1000 * scenario + episode


def lanes_ahead(road: Any, ego: Any, metres: float) -> list[Any]:
    """The ego vehicle's lane and those that follow it on its route, as far as they are needed.

    Args:
        road: highway-env's road.
        ego: the vehicle.
        metres: length of the way ahead.

    Returns:
        Lanes, the vehicle's own first.
    """
    index = ego.lane_index
    route = list(ego.route or [])
    lanes = [road.network.get_lane(index)]
    left = lanes[0].length - lanes[0].local_coordinates(ego.position)[0]
    while left < metres and len(lanes) < 6:
        while route and route[0][0] != index[1]:
            route.pop(0)
        known = [(*route[0][:2], None)] if route else None
        after = road.network.next_lane(index, route=known, position=lanes[-1].position(lanes[-1].length, 0))
        if after == index:
            break
        index = after
        lanes.append(road.network.get_lane(index))
        left += lanes[-1].length
    return lanes


def _driver(road: Any, vehicle: Any, rng: np.random.Generator) -> Any:
    """Let the driver model drive a vehicle; drivers differ in speed and in how closely they follow."""
    from highway_env.vehicle.behavior import IDMVehicle

    driver = vehicle
    if not isinstance(vehicle, IDMVehicle):  # the one that highway-env leaves to its user
        driver = IDMVehicle(
            road,
            vehicle.position,
            vehicle.heading,
            vehicle.speed,
            target_speed=getattr(vehicle, "target_speed", None),
            route=getattr(vehicle, "route", None),
        )
    pace = rng.uniform(0.75, 1.2)
    driver.speed *= pace
    driver.target_speed *= pace
    driver.TIME_WANTED = rng.uniform(0.3, 1.0)
    driver.DISTANCE_WANTED = rng.uniform(6.0, 10.0)
    return driver


def _nudge(ego: Any, rng: np.random.Generator) -> None:
    sideways = np.array([-np.sin(ego.heading), np.cos(ego.heading)])
    ego.position = ego.position + rng.normal(scale=0.7) * sideways
    ego.heading += rng.normal(scale=0.12)


def _number(road: Any, ego: Any, leader: Any) -> int:
    if leader not in road.vehicles or np.linalg.norm(leader.position - ego.position) > RANGE:
        return -1
    return int(road.vehicles.index(leader))


def _moment(road: Any, ego: Any, step: int) -> Moment:
    lanes = lanes_ahead(road, ego, RANGE + BEND)
    start, lateral = ego.lane.local_coordinates(ego.position)
    ahead = np.array([any(lane.on_lane(other.position) for lane in lanes) for other in road.vehicles])
    return Moment(
        step=step,
        heading_error=float(ego.lane.local_angle(ego.heading, start)),
        lateral_offset=float(lateral),
        curvature=_curvature(lanes, start),
        lane_left=float(np.clip(ego.lane.length - start, 0, RANGE)),
        acceleration=float(ego.action["acceleration"]),
        steering=float(ego.action["steering"]),
        left_free=_left_free(road, ego),
        ahead=ahead,
        path=_edges(lanes, start),
    )


def _along(lanes: list[Any], at: float) -> tuple[Any, float]:
    """The lane that is ``at`` metres from the first lane's start, and how far along it that is."""
    for lane in lanes[:-1]:
        if at < lane.length:
            return lane, at
        at -= lane.length
    return lanes[-1], at


def _curvature(lanes: list[Any], start: float) -> float:
    here, there = (lane.heading_at(at) for lane, at in (_along(lanes, start), _along(lanes, start + BEND)))
    return float((there - here + np.pi) % (2 * np.pi) - np.pi) / BEND


def _edges(lanes: list[Any], start: float) -> FloatArray:
    points = []
    for at in np.arange(start - 15.0, start + RANGE + 10.0, 1.5):
        lane, along = _along(lanes, at)
        if along <= lane.length + 1.5:
            half = lane.width_at(along) / 2
            points.append([*lane.position(along, -half), *lane.position(along, half)])
    return np.array(points)


def _left_free(road: Any, ego: Any) -> int:
    start, end, lane = ego.lane_index
    if lane == 0:
        return -1
    beside = road.network.get_lane((start, end, lane - 1))
    own, _ = beside.local_coordinates(ego.position)
    for other in road.vehicles:
        along, lateral = beside.local_coordinates(other.position)
        if other is not ego and abs(lateral) < 2.0 and -10.0 < along - own < 15.0:
            return 0
    return 1
