"""One trained member as a plain model, in memory and in files that hold no code."""

from collections.abc import Sequence
from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from datamodules.errors import UserError
from lit_models.base import RecoveryModel, build_model
from lit_models.loading.config import ModelConfig
from lit_models.registry import model_factory, resolve
from lit_models.training.lit_recovery import LitRecovery


class Card(BaseModel):
    """Everything about an exported member except its weights.

    Attributes:
        class_path: class of the model.
        init_args: all of its keyword arguments.
        num_tasks: tasks of the graph that it was fitted to.
        num_features: width of Z.
        num_pair_features: number of pair features.
        split: number of the split that it was fitted to.
        member: number of the ensemble member.
        validation_loss: mean squared error on the split's validation entries, in standardised units; None
            if there were none.
        origin: the data, see :func:`lit_models.training.checkpoint.origin_of`; its ``task_names`` are those
            of the rows and columns, in order, and ``z``, ``scale`` and ``pairs`` say how a graph is made that
            the model understands. Empty if the data did not come from an ``AffinityDataModule``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    class_path: str
    init_args: dict[str, JsonValue]
    num_tasks: int
    num_features: int
    num_pair_features: int = 0
    split: int
    member: int
    validation_loss: float | None
    origin: dict[str, JsonValue]


def export_member(module: LitRecovery, *, split: int, member: int) -> RecoveryModel:
    """Take one trained copy out of a module: the state that :meth:`LitRecovery.predict_step` scores with.

    Args:
        module: trained, or loaded from a checkpoint.
        split: number of the split that the copy was fitted to.
        member: which of the split's copies, from 0.

    Returns:
        A model with its own weights, in evaluation mode. It takes one graph, as the batched module does,
        and gives the same scores.

    Raises:
        UserError: if there is no such split or member.
    """
    position, member = _replica(module, split=split, member=member)
    weights = {name: value[position, member] for name, value in module.kept_weights().items()}
    model = module.build_model()
    # A buffer that is not persistent is no part of a state, and is made by the class.
    model.load_state_dict(
        {name: value.detach().clone() for name, value in weights.items()}, strict=False, assign=True
    )
    return model.eval()


def describe_member(module: LitRecovery, *, split: int, member: int) -> Card:
    """Describe what :func:`export_member` returns for the same arguments.

    Args:
        module: trained, or loaded from a checkpoint.
        split: number of the split.
        member: which of the split's copies.

    Returns:
        The card.

    Raises:
        UserError: if there is no such split or member, or the model's class has no name to import it by.
    """
    position, member = _replica(module, split=split, member=member)
    if "build" not in module.hparams:
        raise UserError(
            f"{module.build_model.args[0]!r} cannot be imported by its name: build the module from a class, "
            "or from functools.partial of a class"
        )
    # With all arguments, because defaults may change one day.
    config = resolve(ModelConfig(name="the module's", **module.hparams["build"]))
    loss = float(module.best_loss[position, member])
    origin = dict(module.origin)
    if origin:
        order = origin.pop("order")[position]
        origin["task_names"] = [origin["task_names"][task] for task in order]
    return Card(
        class_path=config.class_path,
        init_args=config.init_args,
        num_tasks=module.hparams["num_tasks"],
        num_features=module.hparams["num_features"],
        num_pair_features=module.hparams["num_pair_features"],
        split=split,
        member=member,
        validation_loss=loss if loss < float("inf") else None,
        origin=origin,
    )


def _replica(module: LitRecovery, *, split: int, member: int) -> tuple[int, int]:
    members = range(module.first_member, module.first_member + module.members)
    for kind, asked, there in (("split", split, module.numbers), ("member", member, members)):
        if asked not in there:
            raise UserError(f"{kind} {asked} was not trained: there are {_listed(there)}")
    return module.numbers.index(split), members.index(member)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def write_member(module: LitRecovery, path: Path, *, split: int, member: int) -> Card:
    """Write one trained copy: its state, and its card as JSON beside it under the same name.

    Args:
        module: trained, or loaded from a checkpoint.
        path: where to put the state, e.g. ``model.pt``; missing folders are made.
        split: number of the split.
        member: which of the split's copies.

    Returns:
        The card.

    Raises:
        UserError: as :func:`describe_member` does, and if the path ends in ``.json``.
    """
    if path.suffix == ".json":
        raise UserError(
            f"{path}: the weights go into this file, and the card beside it is the .json: name it .pt"
        )
    card = describe_member(module, split=split, member=member)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(export_member(module, split=split, member=member).state_dict(), path)
    path.with_suffix(".json").write_text(card.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return card


def read_member(path: Path) -> tuple[RecoveryModel, Card]:
    """Read what :func:`write_member` wrote.

    The files hold numbers and names, never code; but the class that the card names is imported and called,
    so read only what you trust to name one.

    Args:
        path: the state's; the card is beside it.

    Returns:
        The model, in evaluation mode, and its card.

    Raises:
        UserError: if a file is missing, is not a card, or does not fit the class.
    """
    beside = path.with_suffix(".json")
    for file in (path, beside):
        if not file.is_file():
            raise UserError(
                f"{file}: there is no such file. An export is two files, the weights and a .json."
            )
    try:
        card = Card.model_validate_json(beside.read_text(encoding="utf-8"))
    except ValidationError as error:
        raise UserError(f"{beside}: this is not the card of an exported model: {error}") from error
    config = ModelConfig(name=path.stem, class_path=card.class_path, init_args=card.init_args)
    model = build_model(model_factory(config), card.num_tasks, card.num_features, card.num_pair_features)
    model.load_state_dict(torch.load(path, weights_only=True, map_location="cpu"), assign=True)
    return model.eval(), card
