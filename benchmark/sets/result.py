"""The result of a model in one cell of the sets track, and its file."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from benchmark.results.atomic_files import write_together
from benchmark.results.schema import Mark, Metric
from benchmark.results.track_files import read_track_result, read_track_results, track_result_there
from datamodules.sets.protocol import KnownPairs, SetSetting
from lit_models.loading.config import ModelConfig

TRACK = "the sets track"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SetCell(_Part):
    """What was scored on what; a result of the same cell need not be made again.

    Attributes:
        track_version: version of the track.
        dataset: name of the dataset.
        regime: the matrix of it.
        label: the figure of it.
        setting: which sets are known and asked for.
        pairs: the single transfers that are known.
        sets_hash: hash of the matrix and the sets.
        splits_hash: hash of all splits.
        model: the model, all arguments included.
        source_hash: hash of its code and of what trains it.
        members: independently initialised copies per split.
        seed: of initial weights, draws and noise.
    """

    track_version: int
    dataset: str
    regime: str
    label: str
    setting: SetSetting
    pairs: KnownPairs
    sets_hash: str
    splits_hash: str
    model: ModelConfig
    source_hash: str
    members: int
    seed: int

    @property
    def title(self) -> str:
        """The cell without its model, in words."""
        return cell_title(self.dataset, self.regime, self.label, self.setting, self.pairs)


def cell_title(dataset: str, regime: str, label: str, setting: SetSetting, pairs: KnownPairs) -> str:
    """A cell without its model, in words."""
    return f"{dataset} {regime}, {label}, {setting}, {pairs} pairs known"


class Choice(_Part):
    """The set that a model ranks first for a target, on the first split.

    Attributes:
        target: name of the target.
        sources: names of the chosen set's sources.
        true_rank: its rank by measured value among the hidden sets, 1 = the best.
        best: names of the sources of the best hidden set.
        predicted_rank: the rank that the model gives to the best hidden set.
        hidden: number of hidden sets of the target.
    """

    target: str
    sources: list[str]
    true_rank: int
    best: list[str]
    predicted_rank: int
    hidden: int


class SetResult(_Part):
    """Scores of a model in a cell.

    Attributes:
        cell: what was scored.
        encoder: name of the model's encoder; "" without one.
        test_share: mean share of the sets that a split asks for.
        metrics: by name, see :data:`benchmark.sets.metric_names.METRICS`.
        choices: for each target, on the first split.
        fit_cpu_seconds: CPU time of building and training on all splits.
        predict_cpu_seconds: CPU time of scoring; models without weights fit while they score.
        versions: of Python and of libraries.
        marks: of a submission, as in :class:`benchmark.results.schema.Result`.
    """

    cell: SetCell
    encoder: str
    test_share: float
    metrics: dict[str, Metric]
    choices: list[Choice]
    fit_cpu_seconds: float
    predict_cpu_seconds: float
    versions: dict[str, str]
    marks: list[Mark] = Field(default_factory=list)

    def write(self, out: Path) -> None:
        """Write it to a folder.

        Raises:
            StorageError: if the folder cannot be written to.
        """
        self.write_to(result_path(out, self.cell))

    def write_to(self, path: Path) -> None:
        """Write it to a file.

        Raises:
            StorageError: if it cannot be written to.
        """
        write_together({path: (self.model_dump_json(indent=1) + "\n").encode()})


def result_path(out: Path, cell: SetCell) -> Path:
    """Where a result is kept in an output folder."""
    pairs = cell.pairs.replace("/", "of")
    return out / cell.dataset / f"{cell.setting}-{pairs}-pairs" / f"{cell.model.name}.json"


def read_results(folder: Path) -> list[SetResult]:
    """Read all results of a folder, sorted by path.

    Raises:
        UserError: if a file is no result of this track.
    """
    return read_track_results(folder, SetResult, track=TRACK)


def read_result(path: Path) -> SetResult:
    """Read one result.

    Raises:
        UserError: if the file is no result of this track.
    """
    return read_track_result(path, SetResult, track=TRACK)


def finished(out: Path, cell: SetCell) -> SetResult | None:
    """The result of a cell that is there already; None if there is none."""
    there = track_result_there(result_path(out, cell), SetResult)
    return there if there and there.cell == cell else None
