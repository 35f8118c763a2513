"""The worlds that come with this package: tasks, each with data made from nothing but code and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from measurement.task import MeasuredTask

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class World:
    """Tasks that come with this package.

    Attributes:
        name: what users call it; its package has underscores for dashes.
        input_shape: shape of one input.
        packages: the distributions that make its data.
    """

    name: str
    input_shape: tuple[int, ...]
    packages: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Folder of its code."""
        return HERE / self.name.replace("-", "_")

    @property
    def tasks(self) -> Sequence[MeasuredTask]:
        """Its tasks."""
        tasks: Sequence[MeasuredTask] = import_module(f"measurement.{self.folder.name}.tasks").TASKS
        return tasks

    @property
    def words(self) -> str:
        """What its card says of the data."""
        return (self.folder / "card.md").read_text(encoding="utf-8").strip()


WORLDS = {
    world.name: world
    for world in (
        World(name="mini-vision", input_shape=(3, 32, 32), packages=("scikit-image", "scikit-learn")),
        World(
            name="mini-driving", input_shape=(6, 48, 48), packages=("highway-env", "gymnasium", "pygame-ce")
        ),
    )
}
