"""Suites: the cells that a run consists of."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, PositiveInt

from benchmark.isolation.submission import load_in_worker
from benchmark.results.files import result_path
from benchmark.results.schema import Place
from datamodules.errors import UserError, unknown_name
from datamodules.registry import Source
from datamodules.splits.protocol import MASKS, Mask, Setting
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_names

SUITES = Path(__file__).parent / "suites"


class ShorterList(BaseModel):
    """Models for tables on which the others would take too long.

    Attributes:
        more_than_tasks: the list is for tables with more tasks than this.
        models: their names, some of the suite's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    more_than_tasks: PositiveInt
    models: list[str]


class Suite(BaseModel):
    """A suite: every combination of its entries. Inductive cells have no mask.

    Attributes:
        regimes: the headline matrix of a dataset, or all of them.
        labels: the headline figure, or all of them.
        settings: transductive, inductive.
        masks: missing ratios of the transductive setting.
        models: their names, or all.
        shorter_lists: instead of ``models`` on large tables, from the smallest to the largest.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    regimes: Literal["headline", "all"]
    labels: Literal["headline", "all"]
    settings: list[Setting]
    masks: list[Mask]
    models: list[str] | Literal["all"]
    shorter_lists: list[ShorterList] = []

    def shorter_list(self, num_tasks: int) -> ShorterList | None:
        """The list that a table gets, by its size alone: one rule for every dataset and for own matrices.

        Args:
            num_tasks: of the matrix.

        Returns:
            The list for the largest tables that the matrix is one of; None if it gets all models.
        """
        fitting = [each for each in self.shorter_lists if num_tasks > each.more_than_tasks]
        return fitting[-1] if fitting else None


class Cell(BaseModel):
    """One dataset × regime × label × setting × mask × model, with all splits: one result file.

    Attributes:
        place: everything but the model.
        model: the model, all arguments included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Place
    model: ModelConfig

    def path(self, out: Path) -> Path:
        """Path of the cell's result file in an output folder."""
        return result_path(out, self.place, self.model.name)


def load_suite(name: str) -> Suite:
    """Read a suite.

    Args:
        name: ``default``, ``regimes`` or ``full``.

    Returns:
        The suite.

    Raises:
        UserError: for an unknown name.
    """
    known = [path.stem for path in SUITES.glob("*.yaml")]
    if name not in known:
        raise unknown_name("suite", name, known)
    return Suite.model_validate(yaml.safe_load((SUITES / f"{name}.yaml").read_text(encoding="utf-8")))


def cells_of(
    source: Source,
    suite: Suite,
    *,
    settings: Sequence[str] = (),
    masks: Sequence[str] = (),
    models: Sequence[str] = (),
    regimes: Sequence[str] = (),
    labels: Sequence[str] = (),
) -> list[Cell]:
    """List the cells of a run; non-empty arguments replace the corresponding part of the suite.

    Args:
        source: a dataset, or a user's own matrix.
        suite: the suite.
        settings: settings.
        masks: missing ratios.
        models: names of models, or a user's own; see :func:`lit_models.registry.load_models`.
        regimes: names of the dataset's regimes.
        labels: names of the dataset's labels.

    Returns:
        The cells, grouped by board.

    Raises:
        UserError: for an unknown name.
    """
    chosen_models = models or (_every_model() if suite.models == "all" else suite.models)
    configs = [config for word in dict.fromkeys(chosen_models) for config in load_in_worker(word)]
    twice = [name for name, count in Counter(config.name for config in configs).items() if count > 1]
    if twice:
        raise UserError(
            f"several models have the same name, {', '.join(twice)}: rename a class or file, since boards "
            "identify models by name"
        )
    chosen_regimes = regimes or (source.regimes if suite.regimes == "all" else source.regimes[:1])
    known_labels = tuple(source.labels)
    chosen_labels = labels or (known_labels if suite.labels == "all" else known_labels[:1])
    chosen_settings = settings or suite.settings
    chosen_masks = masks or suite.masks
    _check("regime", chosen_regimes, source.regimes)
    _check("label", chosen_labels, known_labels)
    _check("setting", chosen_settings, get_args(Setting))
    _check("mask", chosen_masks, MASKS)
    if masks and "transductive" not in chosen_settings:
        raise UserError(
            f"mask {', '.join(masks)} was given, but the inductive setting hides whole tasks and has no "
            "mask: omit the mask, or use the transductive setting"
        )
    places = [
        Place.model_validate(
            {"dataset": source.name, "regime": regime, "label": label, "setting": setting, "mask": mask}
        )
        for regime in chosen_regimes
        for label in chosen_labels
        for setting in chosen_settings
        for mask in (chosen_masks if setting == "transductive" else (None,))
    ]
    return [Cell(place=place, model=config) for place in places for config in configs]


def _every_model() -> list[str]:
    """Every model with and without metadata, and what else the default suite makes of them."""
    without_z = [name for name in model_names() if load_model(name).z == "none"]
    return [*model_names(), *(f"{name}+z" for name in without_z), *load_suite("default").models]


def _check(kind: str, names: Sequence[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise unknown_name(kind, name, known)
