"""A run of a campaign: a transfer to measure, or that was."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["picked", "drawn", "told"]
Status = Literal["pending", "done", "failed"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A transfer that is to be measured, was measured, or failed.

    Attributes:
        source: name of the source.
        target: name of the target.
        kind: ``picked`` by the strategy, ``drawn`` at random to calibrate intervals, or ``told`` without
            having been proposed.
        cost: what it costs, with setting its source up where that had to be paid.
        gain: what the strategy says it is worth; None for runs that it did not pick.
        reason: why it was proposed, in words.
        status: ``pending`` until a value is told.
        value: what was measured, in the user's unit and direction; None unless done.
    """

    source: str
    target: str
    kind: Kind
    cost: float
    gain: float | None = None
    reason: str = ""
    status: Status = "pending"
    value: float | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """Source and target."""
        return self.source, self.target
