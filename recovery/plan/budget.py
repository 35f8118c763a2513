"""Budgets that a campaign can be planned with."""

import numpy as np

from datamodules.errors import UserError


def check_budget(budget: float | None, *, calibrate: int | None, cheapest: float) -> None:
    """Refuse a budget that pays for nothing, and a draw that does not go with it.

    Args:
        budget: what all runs may cost together; None for no limit.
        calibrate: how many of the last runs are drawn; None for the usual number.
        cheapest: what the cheapest run costs.

    Raises:
        UserError: if they cannot be.
    """
    if calibrate is not None and calibrate < 0:
        raise UserError(f"calibrate={calibrate}: draw 0 runs or more")
    if budget is None:
        if calibrate:
            raise UserError(
                f"calibrate={calibrate} goes with a budget, whose last runs are drawn: give a budget as well"
            )
    elif not np.isfinite(budget):
        raise UserError(f"a budget of {budget} is no number: give one, such as 40")
    elif budget <= 0:
        raise UserError(f"a budget of {budget:g} pays for nothing: give more than 0")
    elif budget < cheapest:
        raise UserError(f"a budget of {budget:g} pays for nothing: the cheapest run costs {cheapest:g}")
