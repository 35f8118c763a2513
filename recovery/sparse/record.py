"""What recovery.json holds of a table too large for a matrix."""

from pydantic import BaseModel, ConfigDict

from recovery.candidates import Expectation

FORMAT = "sparse-1"


class SparseRecord(BaseModel):
    """How the cells of a large table were recovered, and what may be expected of them.

    Attributes:
        format: version of this record; another than that of a matrix.
        name: the table's name.
        table_hash: hash of its cells.
        model: the model that predicted.
        sources: number of sources.
        targets: number of targets.
        measured: number of measured cells.
        hidden: number of measured cells that were hidden from all models, to choose and calibrate by.
        level: share of cells that intervals are to cover.
        expectations: what the hidden cells say of every model that was tried.
        asked: which cells were recovered, in words.
        written: number of cells that were written.
        lower_is_better: whether the values are errors or losses.
        bounds: the range that values were taken to be in; None for none.
        seed: seed of the hidden cells and of initial weights.
        fit_seconds: time of fitting all models.
        versions: of Python and of libraries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = FORMAT
    name: str
    table_hash: str
    model: str
    sources: int
    targets: int
    measured: int
    hidden: int
    level: float
    expectations: list[Expectation]
    asked: str
    written: int
    lower_is_better: bool
    bounds: tuple[float, float] | None
    seed: int
    fit_seconds: float
    versions: dict[str, str]
