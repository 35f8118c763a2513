"""Every configured model, with and without Z, in every setting that it supports, and which ones are distinct.

The default tests run few variants that together have every way in which they differ: each model class and
each encoder in each setting, each class with and without Z, and each value that a configuration gives to an
argument or a scale. The rest are other combinations of these and are `slow`.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from datamodules.embeddings import Z
from datamodules.errors import UserError
from datamodules.pair_features import ALL_PAIRS, NO_PAIRS
from datamodules.splits.protocol import Setting
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_factory, model_names

Z_OF_TASKONOMY: tuple[Z, ...] = ("none", "metadata")  # it has no prompts
# Repetitions of one computation, of which a few show what all of them do.
FEWER = {"trees": 10, "rounds": 1}


class Variant(NamedTuple):
    """A configured model in a setting that it supports."""

    config: ModelConfig
    setting: Setting

    @property
    def label(self) -> str:
        """As pytest shows it, e.g. `gae-dir-without-z-transductive`; `tests/shared_out.py` goes by it."""
        return f"{self.config.name}-{'without' if self.config.z == 'none' else 'with'}-z-{self.setting}"

    def facets(self) -> set[tuple[str, ...]]:
        """What this variant exercises, one thing at a time."""
        # The parts of a blend are variants themselves; blends differ in how they weight them.
        model = self.config.class_path
        arguments = {name: value for name, value in self.config.init_args.items() if name != "parts"}
        shape = repr(arguments.get("encoder"))
        return {
            (model, self.setting),
            ("encoder", shape, self.setting),
            (model, "z", self.config.z),
            (model, "scale", self.config.scale),
            (model, "pairs", self.config.pairs if self.config.pairs in (NO_PAIRS, ALL_PAIRS) else "one"),
            *((model, name, repr(value)) for name, value in arguments.items() if name != "encoder"),
        }


@cache
def variants() -> tuple[Variant, ...]:
    """All of them; test_registry.py says which models cannot be built without Z."""
    return tuple(_variants())


def _variants() -> Iterator[Variant]:
    for shipped in map(load_model, model_names()):
        for z in Z_OF_TASKONOMY:
            config = shipped.model_copy(update={"z": z, "init_args": _fewer(shipped.init_args)})
            try:
                model = model_factory(config)(6, 3 if z != "none" else 0)
            except UserError:
                continue
            yield from (Variant(config, setting) for setting in sorted(model.settings))


def _fewer(init_args: dict[str, Any]) -> dict[str, Any]:
    """Arguments with few repetitions, and of a blend's parts the last of each class."""
    fewer = {key: FEWER.get(key, value) for key, value in init_args.items()}
    if "parts" in fewer:
        fewer["parts"] = list({part["class_path"]: part for part in fewer["parts"]}.values())
    return fewer


@cache
def distinct_variants() -> frozenset[str]:
    """Labels of a few variants that together have every facet: always the one with most new facets next."""
    facets = {each.label: each.facets() for each in variants()}
    missing = set().union(*facets.values())
    chosen = set()
    while missing:
        best = max(facets, key=lambda label: len(facets[label] & missing))
        chosen.add(best)
        missing -= facets[best]
    return frozenset(chosen)


def variant_parameters() -> Iterator[Any]:
    """Parameters of the fixture `variant`."""
    for each in variants():
        marks = () if each.label in distinct_variants() else pytest.mark.slow
        yield pytest.param(each, id=each.label, marks=marks)
