"""The result of a strategy on a table of a planning track, and its file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from benchmark.results.atomic_files import write_together
from benchmark.results.schema import Mark
from benchmark.results.track_files import read_track_result, read_track_results, track_result_there

TRACK = "a planning track"


class PlanSubject(BaseModel):
    """Which strategy was replayed on what.

    Attributes:
        track: name of the track.
        track_version: its version.
        dataset: name of the dataset.
        regime: the matrix of it.
        label: the figure of it.
        dataset_hash: hash of the matrix.
        strategy: name of the strategy.
        recovery_hash: hash of its code and of what replays and scores it.
        network: hash of the prior-fitted network's weights, which recovers the matrix.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    track: str
    track_version: int
    dataset: str
    regime: str
    label: str
    dataset_hash: str
    strategy: str
    recovery_hash: str
    network: str

    @property
    def model(self) -> str:
        """What was judged: the strategy."""
        return self.strategy


class StartScores(BaseModel):
    """One replayed campaign.

    Attributes:
        number: of the start, from 0.
        name: what was measured at the start: see the track.
        points: after how much was scored: runs, or shares of the matrix.
        scores: by measure, a number per point.
        seconds: of computing, for all picks and predictions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int
    name: str
    points: list[float]
    scores: dict[str, list[float]]
    seconds: float


class PlanResult(BaseModel):
    """Replayed campaigns of a strategy on a table.

    Attributes:
        subject: strategy and table.
        starts: the campaigns, by number and name.
        versions: of Python and of libraries.
        marks: of a submission, as in :class:`benchmark.results.schema.Result`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: PlanSubject
    starts: list[StartScores]
    versions: dict[str, str]
    marks: list[Mark] = Field(default_factory=list)

    def write(self, out: Path) -> None:
        """Write it to a folder.

        Raises:
            StorageError: if the folder cannot be written to.
        """
        self.write_to(result_path(out, self.subject))

    def write_to(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            StorageError: if it cannot be written to.
        """
        write_together({path: (self.model_dump_json(indent=1) + "\n").encode()})


def result_path(out: Path, subject: PlanSubject) -> Path:
    """Where a result is kept in an output folder."""
    return out / subject.dataset / f"{subject.strategy.replace('/', '-')}.json"


def read_results(folder: Path) -> list[PlanResult]:
    """Read all results of a folder, sorted by dataset and strategy.

    Raises:
        UserError: if a file is no result of a planning track.
    """
    return read_track_results(folder, PlanResult, track=TRACK)


def read_result(path: Path) -> PlanResult:
    """Read one result.

    Raises:
        UserError: if the file is no result of a planning track.
    """
    return read_track_result(path, PlanResult, track=TRACK)


def starts_there(out: Path, subject: PlanSubject) -> list[StartScores]:
    """The campaigns of a subject that are in a folder already."""
    there = track_result_there(result_path(out, subject), PlanResult)
    return there.starts if there and there.subject == subject else []
