"""``affinity-bench export``: extract one trained member from a checkpoint."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt

from datamodules.errors import UserError
from lit_models.training.export import write_member
from lit_models.training.lit_recovery import LitRecovery


def export(checkpoint: Path, /, *, split: NonNegativeInt = 0, member: NonNegativeInt = 0, out: Path) -> int:
    """Write one trained member of a checkpoint as a plain model: its weights, and a JSON description.

    In Python, lit_models.training.export.read_member loads them as a RecoveryModel.

    Args:
        checkpoint: checkpoint written by `affinity-bench fit`, or by any Lightning trainer of a LitRecovery.
        split: number of the split that the member was fitted on.
        member: index of the member within the split.
        out: file for the weights, e.g. model.pt; model.json is written beside it.

    Returns:
        Exit code 0.
    """
    if not checkpoint.is_file():
        raise UserError(f"{checkpoint}: no such file. Check the path.")
    try:
        module = LitRecovery.load_from_checkpoint(checkpoint, map_location="cpu")
    except Exception as error:  # an arbitrary file may fail in any way
        raise UserError(f"{checkpoint}: not a loadable checkpoint of a LitRecovery: {error}") from error
    card = write_member(module, out, split=split, member=member)
    print(f"{out} and {out.with_suffix('.json')}: split {split}, member {member} of {card.class_path}")
    return 0
