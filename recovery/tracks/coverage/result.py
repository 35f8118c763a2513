"""The result of a model on a table of the coverage track, and its file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from benchmark.results.atomic_files import write_together
from benchmark.results.track_files import read_track_results, track_result_there
from recovery.guarantee import Chosen
from recovery.tracks.coverage.scores import PromiseScores


class CoverageSubject(BaseModel):
    """What was scored on what; a result of the same subject need not be made again.

    Attributes:
        track_version: version of the track.
        dataset: name of the dataset.
        regime: the matrix of it.
        label: the figure of it.
        dataset_hash: hash of the matrix.
        model: name of the model.
        source_hash: hash of its code; "" for ``auto``, which is several models.
        recovery_hash: hash of the code of the tool and of the track.
        repeats: episodes per pattern.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    track_version: int
    dataset: str
    regime: str
    label: str
    dataset_hash: str
    model: str
    source_hash: str
    recovery_hash: str
    repeats: int


class CoverageResult(BaseModel):
    """Scores of a model on a table.

    Attributes:
        subject: what was scored.
        patterns: scores by pattern and promise.
        versions: of Python and of libraries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: CoverageSubject
    patterns: dict[str, dict[Chosen, PromiseScores]]
    versions: dict[str, str]

    def write(self, out: Path) -> None:
        """Write it to a folder.

        Raises:
            StorageError: if the folder cannot be written to.
        """
        write_together({result_path(out, self.subject): (self.model_dump_json(indent=1) + "\n").encode()})


def result_path(out: Path, subject: CoverageSubject) -> Path:
    """Where a result is kept in an output folder."""
    return out / subject.dataset / f"{subject.model}.json"


def read_results(folder: Path) -> list[CoverageResult]:
    """Read all results of a folder, sorted by dataset and model.

    Raises:
        UserError: if a file is no result of this track.
    """
    return read_track_results(folder, CoverageResult, track="the coverage track")


def finished(out: Path, subject: CoverageSubject) -> CoverageResult | None:
    """The result of a subject that is there already; None if there is none."""
    there = track_result_there(result_path(out, subject), CoverageResult)
    return there if there and there.subject == subject else None
