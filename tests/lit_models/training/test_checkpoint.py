"""What a checkpoint says in words: the factory of the model, and the data."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
import torch

from datamodules.affinity_table import AffinityTable
from datamodules.base import AffinityDataModule
from lit_models.base import RecoveryModel
from lit_models.gae import GAE
from lit_models.gravity import GravityGAE
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_factory, model_names, resolve
from lit_models.training.checkpoint import class_path, origin_of

Factory = Callable[[int, int], RecoveryModel]


def make_small(num_tasks: int, num_features: int) -> GAE:
    return GAE(num_tasks, num_features, dim=2)


def of_parts(num_tasks: int, num_features: int, *, parts: Sequence[Factory], name: str = "") -> GAE:
    raise NotImplementedError(f"{num_tasks} {num_features} {parts} {name}")


@pytest.mark.parametrize(
    ("factory", "expected"),
    [
        (GAE, {"class_path": "lit_models.gae.GAE", "init_args": {}}),
        (
            partial(GAE, encoder="dir", dropout=0.5, one_hot=False),
            {
                "class_path": "lit_models.gae.GAE",
                "init_args": {"encoder": "dir", "dropout": 0.5, "one_hot": False},
            },
        ),
        (make_small, {"class_path": f"{__name__}.make_small", "init_args": {}}),
        (
            partial(of_parts, parts=(GAE, partial(GravityGAE, width=4)), name="two"),
            {
                "class_path": f"{__name__}.of_parts",
                "init_args": {
                    "parts": [
                        {"class_path": "lit_models.gae.GAE", "init_args": {}},
                        {"class_path": "lit_models.gravity.GravityGAE", "init_args": {"width": 4}},
                    ],
                    "name": "two",
                },
            },
        ),
    ],
)
def test_a_factory_in_words(factory: Any, expected: dict[str, Any]) -> None:
    assert class_path(factory) == expected


@pytest.mark.parametrize(
    "nameless",
    [
        lambda num_tasks, num_features: GAE(num_tasks, num_features),
        partial(of_parts, parts=[lambda num_tasks, num_features: GAE(num_tasks, num_features)]),
        partial(GAE, dim=torch.tensor(2)),
        type("Local", (GAE,), {"__qualname__": "outer.<locals>.Local"}),
    ],
)
def test_what_has_no_name_or_is_no_plain_value_is_none(nameless: Any) -> None:
    assert class_path(nameless) is None


@pytest.mark.parametrize("name", model_names())
def test_every_configured_factory_gives_its_configuration_back(name: str) -> None:
    config = load_model(name)
    words = class_path(model_factory(config))
    assert words is not None
    assert words["class_path"] == config.class_path
    again = resolve(ModelConfig(name=name, **words))
    assert again.init_args == config.init_args


@pytest.mark.parametrize("setting", ["transductive", "inductive"])
def test_the_origin_names_the_task_of_every_row(table: AffinityTable, setting: Any) -> None:
    data = AffinityDataModule(table=table, setting=setting, numbers=[2, 4], z="metadata", scale="mix")
    origin = origin_of(data)
    assert {key: origin[key] for key in ("dataset", "regime", "label", "setting", "z", "scale", "pairs")} == {
        "dataset": "taskonomy",
        "regime": "16k",
        "label": "ahp",
        "setting": setting,
        "z": "metadata",
        "scale": "mix",
        "pairs": "none",
    }
    for position, order in enumerate(origin["order"]):
        graph = data.episode(position, stage="predict").graph
        names = [origin["task_names"][task] for task in order]
        assert len(names) == len(graph.group)
        rows = [table.task_names.index(name) for name in names]
        assert graph.eligible.tolist() == table.eligible[rows][:, rows].tolist()
        assert graph.group.tolist() == data.group[rows].tolist()


def test_data_from_elsewhere_have_no_origin() -> None:
    assert origin_of(None) == {}
