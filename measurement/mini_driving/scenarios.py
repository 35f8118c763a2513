"""The traffic scenarios: which road, how much traffic, and which part of the data drives where."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from datamodules.errors import UserError
from measurement.task import Part


@dataclass(frozen=True)
class Scenario:
    """A kind of road with its traffic.

    Attributes:
        name: what the task ``scenario`` calls it.
        environment: its name in highway-env, for each part; parts may have different roads.
        traffic: highway-env's configuration of the traffic.
        roads: configuration of the road for each part, if it differs.
    """

    name: str
    environment: dict[Part, str]
    traffic: dict[str, int]
    roads: dict[Part, dict[str, int]] | None = None

    def make(self, part: Part) -> Any:  # highway-env has no types
        """A new environment of this scenario, for one part of the data.

        Args:
            part: decides the road where parts differ in it.

        Returns:
            highway-env's environment, not reset yet.

        Raises:
            UserError: if highway-env is not installed.
        """
        refuse_without_simulator()
        import gymnasium
        import highway_env  # noqa: F401  # registers its environments

        road = self.roads[part] if self.roads else {}
        config = {**self.traffic, **road, "neighbour_vehicles_connected_lanes": True}
        return gymnasium.make(self.environment[part], config=config, disable_env_checker=True).unwrapped


def refuse_without_simulator() -> None:
    """Name the extra to install.

    Raises:
        UserError: if highway-env is not installed.
    """
    if find_spec("highway_env") is None:
        raise UserError(
            "mini-driving's traffic is simulated by highway-env, which is not installed: "
            "pip install 'affinity-bench[driving]'"
        )


def _everywhere(environment: str) -> dict[Part, str]:
    return {"train": environment, "transfer": environment, "test": environment}


SCENARIOS = (
    Scenario(
        "highway",
        _everywhere("highway-v0"),
        {"vehicles_count": 12, "vehicles_density": 3},
        {"train": {"lanes_count": 4}, "transfer": {"lanes_count": 3}, "test": {"lanes_count": 3}},
    ),
    Scenario("merge", _everywhere("merge-generic-v1"), {"vehicles_count": 12}),
    Scenario("roundabout", _everywhere("roundabout-generic-v1"), {"vehicles_count": 8}),
    Scenario("intersection", _everywhere("intersection-v2"), {"initial_vehicle_count": 10}),
    Scenario(
        "racetrack",
        {"train": "racetrack-v1", "transfer": "racetrack-oval-v1", "test": "racetrack-large-v1"},
        {"other_vehicles": 20},
    ),
    Scenario("exit", _everywhere("exit-v1"), {"vehicles_count": 12, "vehicles_density": 2, "lanes_count": 3}),
    Scenario("two-way", _everywhere("two-way-v0"), {}),
    Scenario("u-turn", _everywhere("u-turn-v1"), {}),
)
