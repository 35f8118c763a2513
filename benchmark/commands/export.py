"""``affinity-bench export``: one trained member of a checkpoint as a plain model."""

from pathlib import Path

from jsonargparse.typing import NonNegativeInt

from datamodules.errors import UserError
from lit_models.training.export import write_member
from lit_models.training.lit_recovery import LitRecovery


def export(checkpoint: Path, /, *, split: NonNegativeInt = 0, member: NonNegativeInt = 0, out: Path) -> int:
    """Write one trained member of a checkpoint as a plain model: its weights, and a JSON file of what it is.

    In Python, lit_models.training.export.read_member reads them back as a RecoveryModel.

    Args:
        checkpoint: what `affinity-bench fit`, or any Lightning trainer with a LitRecovery, wrote.
        split: number of the split that the member was fitted to.
        member: which of the split's members.
        out: file for the weights, e.g. model.pt; model.json is put beside it.

    Returns:
        Exit code 0.
    """
    if not checkpoint.is_file():
        raise UserError(f"{checkpoint}: there is no such file. Check the path.")
    try:
        module = LitRecovery.load_from_checkpoint(checkpoint, map_location="cpu")
    except Exception as error:  # whatever a foreign file makes of unpickling, and a state of loading
        raise UserError(
            f"{checkpoint}: this is no checkpoint of a LitRecovery that can be loaded: {error}"
        ) from error
    card = write_member(module, out, split=split, member=member)
    print(f"{out} and {out.with_suffix('.json')}: split {split}, member {member} of {card.class_path}")
    return 0
