"""What recovery.json holds: how a recovered matrix was made, and what may be expected of it."""

from pydantic import BaseModel, ConfigDict

from recovery.candidates import Expectation
from recovery.chance_best import ChanceBin
from recovery.coverage_curve import CoveragePoint
from recovery.guarantee import Guarantee

FORMAT = 1


class Record(BaseModel):
    """Everything that is known of a recovered matrix beside its cells.

    Attributes:
        format: version of this record.
        name: the matrix's name.
        model: the model that predicted.
        guarantee: what the intervals promise.
        expectations: what cross-validation expects of every model that was tried.
        calibration: how often intervals of each level covered, checked on the cells that calibrate them.
        chances: how chances to be the best fared on measured cells.
        lower_is_better: whether the values are errors or losses.
        bounds: the range that values were taken to be in; None for none.
        targets: names of the targets, in the order of the matrix.
        never_measured: targets without a measured source, which rest on the other targets alone.
        seed: seed of folds, initial weights and draws.
        versions: of Python and of libraries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    name: str
    model: str
    guarantee: Guarantee
    expectations: list[Expectation]
    calibration: list[CoveragePoint]
    chances: list[ChanceBin]
    lower_is_better: bool
    bounds: tuple[float, float] | None
    targets: list[str]
    never_measured: list[str]
    seed: int
    versions: dict[str, str]

    def expectation(self, name: str) -> Expectation | None:
        """What was expected of a model; None if it was not tried."""
        return next((each for each in self.expectations if each.model == name), None)
