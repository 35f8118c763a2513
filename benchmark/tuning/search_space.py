"""Search spaces: the hyper-parameters of a search and their ranges."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from datamodules.errors import UserError, unknown_name
from lit_models.loading.config import ModelConfig, Training
from lit_models.registry import resolve

DEFAULT_SPACE = Path(__file__).parent / "spaces" / "default.yaml"

Value = bool | int | float | str
# By dotted name in a model file: ``init_args.width``, ``training.epochs``.
Values = Mapping[str, Value]


class Range(BaseModel):
    """All numbers from ``low`` to ``high``; integers if both ends are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: int | float
    high: int | float
    log: bool = False

    @property
    def ends(self) -> tuple[Value, ...]:
        """The values that a model must accept if it is to accept all."""
        return self.low, self.high

    def holds(self, value: object) -> bool:
        """Whether a value is one of these."""
        kinds = int if isinstance(self.distribution(), IntDistribution) else (int, float)
        return isinstance(value, kinds) and self.low <= value <= self.high

    def distribution(self) -> BaseDistribution:
        """The same for Optuna."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return IntDistribution(self.low, self.high, log=self.log)
        return FloatDistribution(self.low, self.high, log=self.log)


class Choices(BaseModel):
    """Any of some values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choices: list[Value] = Field(min_length=1)

    @property
    def ends(self) -> tuple[Value, ...]:
        """The values that a model must accept if it is to accept all."""
        return tuple(self.choices)

    def holds(self, value: object) -> bool:
        """Whether a value is one of these."""
        return value in self.choices

    def distribution(self) -> BaseDistribution:
        """The same for Optuna."""
        return CategoricalDistribution(self.choices)


class Space(BaseModel):
    """Ranges by name, structured like a model file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    init_args: dict[str, Range | Choices] = Field(default_factory=dict)
    training: dict[str, Range | Choices] = Field(default_factory=dict)

    def limits(self) -> dict[str, Range | Choices]:
        """The ranges by dotted name."""
        return {
            **{f"init_args.{name}": limits for name, limits in self.init_args.items()},
            **{f"training.{name}": limits for name, limits in self.training.items()},
        }

    def distributions(self) -> dict[str, BaseDistribution]:
        """Optuna distributions by dotted name."""
        return {name: limits.distribution() for name, limits in self.limits().items()}


def own_values(config: ModelConfig, space: Space) -> dict[str, Value]:
    """The current values of a configuration for the parameters of a space, by dotted name."""
    has = _arguments(config)
    return {name: has[name] for name in space.limits()}


def with_values(config: ModelConfig, values: Values) -> ModelConfig:
    """A configuration with other hyper-parameters.

    Args:
        config: the configuration.
        values: values by dotted name; floats are rounded to three digits, so that files show them exactly.

    Returns:
        The new configuration, every other argument as before.

    Raises:
        UserError: if a value does not have its argument's type.
    """
    init_args, training = dict(config.init_args), config.training.model_dump()
    for name, value in values.items():
        part, _, argument = name.partition(".")
        rounded = float(f"{value:.3g}") if isinstance(value, float) else value
        (init_args if part == "init_args" else training)[argument] = rounded
    try:
        trained = Training.model_validate(training)
    except ValidationError as error:
        raise UserError(f"{config.name} cannot be trained like that: {_first(error)}") from error
    changed = config.model_copy(update={"init_args": init_args, "training": trained})
    return resolve(changed) if init_args != config.init_args else changed


def load_space(path: Path | None, config: ModelConfig, *, trained: bool) -> Space:
    """Read a search space and fit it to a model.

    Args:
        path: a user's file, in which every name must be a parameter of the model; None for the shipped file,
            of which parameters that the model does not have are ignored.
        config: the model, with all arguments.
        trained: whether the model has trainable parameters; otherwise the shipped file's ``training`` is
            ignored.

    Returns:
        The space; every range contains the model's current value.

    Raises:
        UserError: if the file is invalid, names unknown parameters, allows values that the model rejects, or
            excludes its current value; or if nothing is left to search.
    """
    where = f"search space '{path or DEFAULT_SPACE}'"
    space = _read(path or DEFAULT_SPACE, where)
    known = _arguments(config)
    if path is None:
        space = Space(
            init_args={
                name: limits for name, limits in space.init_args.items() if f"init_args.{name}" in known
            },
            training=space.training if trained else {},
        )
    if not space.limits():
        raise UserError(f"{where} has no parameter of {config.name}, whose parameters are {', '.join(known)}")
    for name, limits in space.limits().items():
        if name not in known:
            raise unknown_name(f"parameter of {config.name} in {where}", name, known)
        for end in limits.ends:
            try:
                with_values(config, {name: end})
            except UserError as error:
                raise UserError(f"{where}: {name} cannot be {end!r}: {error}") from error
        if not limits.holds(known[name]):
            raise UserError(
                f"{where}: {name} is {known[name]!r} in {config.name}, which is not in {limits!r}: widen "
                "that, so that the search can start with it"
            )
    return space


def _arguments(config: ModelConfig) -> dict[str, Any]:
    """All of a configuration that can be searched, by dotted name."""
    training = config.training.model_dump(exclude={"train_on_validation"})  # decides what can be scored on
    return {
        **{f"init_args.{name}": value for name, value in config.init_args.items()},
        **{f"training.{name}": value for name, value in training.items()},
    }


def _read(path: Path, where: str) -> Space:
    try:
        space = Space.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        space.distributions()
    except OSError as error:
        raise UserError(f"{where} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{where} is no YAML: {error}") from error
    except ValidationError as error:
        raise UserError(f"{where} does not have the form: {_first(error)}") from error
    except ValueError as error:  # Optuna's own: low above high, the logarithm of 0
        raise UserError(f"{where}: {error}") from error
    return space


def _first(error: ValidationError) -> str:
    mistake = error.errors()[0]
    return f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}"
