"""The result of a model beside a cheap matrix, and its file."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from benchmark.results.atomic_files import write_together
from benchmark.results.track_files import read_track_results, track_result_there


class FidelitySubject(BaseModel):
    """What was scored on what; a result of the same subject need not be made again.

    Attributes:
        track_version: version of the track.
        dataset: name of the dataset.
        matrices: which cheap and dear matrix, as in ``1k-to-16k``.
        dataset_hash: hash of the dear matrix with the cheap one as its pair feature.
        model: name of the model.
        source_hash: hash of its code; of all that it chooses among for ``auto``.
        recovery_hash: hash of the code of the tool and of the track.
        starts: number of starts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    track_version: int
    dataset: str
    matrices: str
    dataset_hash: str
    model: str
    source_hash: str
    recovery_hash: str
    starts: int


class ShareScores(BaseModel):
    """Scores at a share of known transfers.

    Attributes:
        spearman: per start and target, Spearman of the hidden transfers; None where a target is not scored.
        regret: the same of regret@1 over a target's hidden transfers, as a share of its range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    spearman: list[list[float | None]]
    regret: list[list[float | None]]


class FidelityResult(BaseModel):
    """Scores of a model on a pair of matrices.

    Attributes:
        subject: what was scored.
        targets: names of the N tasks that scores are of.
        shares: scores by share, as :data:`recovery.tracks.fidelity.starts.SHARES` names it.
        chosen: for ``auto``, how often each model was taken, by share; empty otherwise.
        versions: of Python and of libraries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: FidelitySubject
    targets: list[str]
    shares: dict[str, ShareScores]
    chosen: dict[str, dict[str, int]]
    versions: dict[str, str]

    def spearman(self, share: str) -> npt.NDArray[np.float64]:
        """[S, N] float64, starts × targets; NaN where a target is not scored."""
        return np.array(self.shares[share].spearman, dtype=np.float64)

    def regret(self, share: str) -> npt.NDArray[np.float64]:
        """The same of regret@1."""
        return np.array(self.shares[share].regret, dtype=np.float64)

    def write(self, out: Path) -> None:
        """Write it to a folder.

        Raises:
            StorageError: if the folder cannot be written to.
        """
        write_together({result_path(out, self.subject): (self.model_dump_json() + "\n").encode()})


def result_path(out: Path, subject: FidelitySubject) -> Path:
    """Where a result is kept in an output folder."""
    return out / subject.dataset / subject.matrices / f"{subject.model}.json"


def read_results(folder: Path) -> list[FidelityResult]:
    """Read all results of a folder, sorted by dataset, matrices and model.

    Raises:
        UserError: if a file is no result of this track.
    """
    return read_track_results(folder, FidelityResult, track="the fidelity track")


def finished(out: Path, subject: FidelitySubject) -> FidelityResult | None:
    """The result of a subject that is there already; None if there is none."""
    there = track_result_there(result_path(out, subject), FidelityResult)
    return there if there and there.subject == subject else None
