"""What the intervals of a recovered matrix promise, in words that never say more than holds."""

from dataclasses import dataclass
from typing import Literal

from datamodules.errors import UserError, unknown_name
from recovery.intervals.quantile import cells_needed

Chosen = Literal["by-hand", "random", "drawn"]
CHOSEN: tuple[Chosen, ...] = ("by-hand", "random", "drawn")
USUAL_DRAW = 20


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """The promise of a recovered matrix's intervals.

    Attributes:
        chosen: how the measured cells, or those that calibrate, were picked.
        level: nominal coverage, in (0, 1).
        calibration_cells: number of cells that the intervals are calibrated on.
        unmeasured: number of cells that are left to recover.
    """

    chosen: Chosen
    level: float
    calibration_cells: int
    unmeasured: int

    @property
    def holds(self) -> bool:
        """Whether coverage is guaranteed, and not only aimed at."""
        return self.chosen == "drawn" and self.bounded

    @property
    def needed(self) -> int:
        """Number of calibration cells that bounded intervals take."""
        return cells_needed(self.level)

    @property
    def bounded(self) -> bool:
        """Whether there are enough of them."""
        return self.calibration_cells >= self.needed

    @property
    def headline(self) -> str:
        """The promise in a few words."""
        if not self.bounded:
            return "unbounded: too few cells to calibrate on"
        return {
            "drawn": f"guaranteed: {self.level:.0%} of the remaining cells",
            "random": f"{self.level:.0%} if cells are missing at random",
            "by-hand": "not guaranteed",
        }[self.chosen]

    def __str__(self) -> str:
        """The promise in one or two sentences, and what would make it stronger."""
        if not self.bounded:
            return (
                f"The intervals are unbounded: {self.level:.0%} takes at least {self.needed} cells to "
                f"calibrate on, and there {'is' if self.calibration_cells == 1 else 'are'} "
                f"{self.calibration_cells}."
            )
        if self.chosen == "drawn":
            return (
                f"Guaranteed: an interval covers a random remaining cell with probability {self.level:.0%} "
                "or more, whatever the model, the matrix, and however the other cells were picked. It rests "
                f"on {self.calibration_cells} cells that were drawn at random and all measured."
            )
        if self.chosen == "random":
            return (
                f"If the unmeasured cells are missing at random, as you say, about {self.level:.0%} of the "
                f"intervals cover. It rests on cross-validation on {self.calibration_cells} measured cells "
                f"(CV+, with everything refitted in each fold). {self.stronger}"
            ).rstrip()
        return (
            f"Not guaranteed: the intervals are made for {self.level:.0%} by cross-validation on "
            f"{self.calibration_cells} measured cells, but cells that were picked by hand need not resemble "
            f"the others, and coverage can be far lower. {self.stronger}"
        ).rstrip()

    @property
    def stronger(self) -> str:
        """What makes intervals guaranteed; "" where too few cells are left to draw from."""
        if self.unmeasured < 2 * self.needed:
            return ""
        count = min(max(USUAL_DRAW, self.needed), self.unmeasured // 2)
        return (
            f"To have them guaranteed: `affinity-bench recover MATRIX --draw {count}` names {count} cells, "
            "drawn at random; measure all of them and pass the list back with --drawn."
        )


def check_chosen(chosen: str, *, has_drawn: bool) -> Chosen:
    """The promise that was asked for, if it can be made.

    Args:
        chosen: how the cells were picked.
        has_drawn: whether a list of drawn cells was given.

    Returns:
        The promise's name.

    Raises:
        UserError: for an unknown one, or one that goes with a list where there is none, or the reverse.
    """
    for known in CHOSEN:
        if chosen == known and (chosen == "drawn") == has_drawn:
            return known
    if chosen not in CHOSEN:
        raise unknown_name("way of choosing cells", chosen, CHOSEN)
    if has_drawn:
        raise UserError(
            f"chosen={chosen} goes without a list of drawn cells, and one was given: leave it out, or say "
            "chosen=drawn"
        )
    raise UserError(
        "chosen=drawn takes the list of drawn cells with their values: `affinity-bench recover MATRIX --draw "
        "20` writes one to fill in, and --drawn (drawn= in Python) reads it back"
    )
