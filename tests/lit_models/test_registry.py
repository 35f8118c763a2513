"""The registry: every configured model loads and builds, and a mistake is told by its name."""

import inspect
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from datamodules.errors import UserError
from lit_models import registry
from lit_models.base import RecoveryModel
from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, model_factory, model_names, resolve

every_model = pytest.mark.parametrize("name", model_names())
# Of the models that are not given their encoder by name.
OWN_ENCODERS = {"DiGAE": "digae", "SDGAE": "sdgae", "SourceTargetMagNet": "magnet"}


def config_of(**content: Any) -> ModelConfig:
    return ModelConfig(**{"name": "mine", "class_path": "lit_models.gae.GAE", **content})


def built(config: ModelConfig) -> RecoveryModel:
    return model_factory(config)(6, 3 if config.z != "none" else 0)


def test_every_file_of_the_folder_is_a_model() -> None:
    assert model_names() == sorted(model_names())
    assert set(model_names()) == {path.stem for path in registry.CONFIGS.iterdir()}


@every_model
def test_configured_model_builds_from_tasks_and_features(name: str) -> None:
    config = load_model(name)
    model = built(config)
    assert config.name == name
    assert f"{type(model).__module__}.{type(model).__qualname__}" == config.class_path
    if config.z == "metadata":
        assert all(value.numel() for value in model.parameters())


@every_model
def test_configuration_holds_every_argument(name: str) -> None:
    config = load_model(name)
    arguments = inspect.signature(type(built(config)).__init__).parameters.values()
    defaults = {each.name: each.default for each in arguments if each.kind is each.KEYWORD_ONLY}
    assert config.init_args.keys() == defaults.keys()
    changed = {key for key, value in config.init_args.items() if value != defaults[key]}
    structural = {
        "encoder",
        "heads",
        "learn_distance_weight",
        "mass",
        "method",
        "one_hot",
        "parts",
        "profile",
    }
    structural |= {"rank"}
    trained = {"dropout", "hide", "reconstruction", "stacked", "targets_too"}
    assert changed <= structural | trained
    assert resolve(config) == config


@every_model
def test_name_tells_the_options(name: str) -> None:
    config = load_model(name)
    if config.class_path == "lit_models.blend.Blend":
        return  # the name is of its own, the encoders are its parts'
    encoder = built(config).encoder_name
    own = OWN_ENCODERS.get(config.class_path.rpartition(".")[2], "")
    assert encoder == config.init_args.get("encoder", own)
    assert encoder in name.split("-") or not encoder
    assert (config.init_args.get("mass") == "target") is ("target-mass" in name)
    if "one_hot" in config.init_args:
        assert config.init_args["one_hot"] is not name.endswith("-inductive")
    assert bool(config.init_args.get("hide")) is ("masked" in name or "reconstruction" in name)


@every_model
def test_with_z_changes_the_embeddings_and_nothing_else(name: str) -> None:
    plain = load_model(name)
    if plain.z in ("metadata", "all"):
        with pytest.raises(UserError, match="has task embeddings of this kind already"):
            load_model(f"{name}+z")
        return
    with_z = load_model(f"{name}+z")
    assert with_z.z == ("metadata" if plain.z == "none" else f"{plain.z}+metadata")
    assert with_z.name == f"{name}+z"
    assert with_z.model_copy(update={"name": name, "z": plain.z}) == plain


@pytest.mark.parametrize(
    ("word", "z", "pairs", "name"),
    [
        ("kernel-ridge+text", "text", "none", "kernel-ridge+text"),
        ("kernel-ridge+pairs+text+z", "metadata+text", "all", "kernel-ridge+z+text+pairs"),
        ("metadata-only+text", "metadata+text", "none", "metadata-only+text"),
        ("atlas+task2vec+representation", "all+task2vec+representation", "none", None),
    ],
)
def test_suffixes_compose_in_one_order(word: str, z: str, pairs: str, name: str | None) -> None:
    config = load_model(word)
    assert (config.z, config.pairs, config.name) == (z, pairs, name or word)


@pytest.mark.parametrize(
    "word", ["kernel-ridge+z+all", "kernel-ridge+text+text", "leep+pairs", "atlas+prompt"]
)
def test_what_a_model_has_is_not_added_again(word: str) -> None:
    with pytest.raises(UserError, match=r"already: leave the \+\w+ out"):
        load_model(word)


def test_older_files_call_pair_features_proxy() -> None:
    assert ModelConfig.model_validate({"name": "a", "class_path": "b", "proxy": "leep"}).pairs == "leep"


@every_model
def test_only_models_without_identities_need_z(name: str) -> None:
    without_z = load_model(name).model_copy(update={"z": "none"})
    by_identity = without_z.init_args.get("one_hot", True) and without_z.init_args.get("profile", True)
    if by_identity and not name.startswith("cosine"):
        assert built(without_z).settings
    else:
        with pytest.raises(UserError, match="task embeddings"):
            built(without_z)


@pytest.mark.parametrize("name", ["gravty-dir", "gravty-dir+z"])
def test_unknown_model_is_told_the_nearest_name(name: str) -> None:
    with pytest.raises(UserError, match="unknown model 'gravty-dir': did you mean 'gravity-dir'"):
        load_model(name)


@pytest.mark.parametrize("function", [resolve, model_factory])
@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"init_args": {"encodr": "gcn"}}, "encodr"),
        ({"init_args": {"encoder": "gnc"}}, "gnc"),
        ({"init_args": {"width": "wide"}}, "width"),
        ({"init_args": {"num_tasks": 3}}, "num_tasks"),
        ({"class_path": "lit_models.gae.GEA"}, "GEA"),
        ({"class_path": "lit_models.nowhere.GAE"}, "nowhere"),
        ({"class_path": "torch.nn.Linear"}, "torch.nn.Linear"),
    ],
)
def test_what_does_not_fit_is_named(function: Any, content: dict[str, Any], named: str) -> None:
    with pytest.raises(UserError, match=f"(?s)model 'mine' cannot be built.*{named}"):
        function(config_of(**content))


@pytest.mark.parametrize(
    "content", [{"training": {"learning_rte": 0.1}}, {"inti_args": {}}, {"z": "metdata"}]
)
def test_configuration_forbids_unknown_keys_and_values(content: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"learning_rte|inti_args|metadata"):
        config_of(**content)


def test_given_arguments_reach_the_model() -> None:
    config = config_of(init_args={"encoder": "gcn", "width": 7, "dim": 2})
    assert resolve(config).init_args == {
        "encoder": "gcn",
        "width": 7,
        "dim": 2,
        "dropout": 0.1,
        "one_hot": True,
        "hide": 0.0,
        "reconstruction": 0.0,
    }
    shapes = {key: tuple(value.shape) for key, value in built(config).named_parameters()}
    assert shapes == {"encoder.input.of_task": (6, 7), "encoder.head.weight": (2, 7)}


def test_factory_builds_a_new_model_each_time() -> None:
    build = model_factory(load_model("gae-gcn"))
    torch.manual_seed(0)
    first, second = build(6, 0), build(9, 0)
    assert first.get_parameter("encoder.input.of_task").shape == (6, 32)
    assert second.get_parameter("encoder.input.of_task").shape == (9, 32)


def test_what_is_parsed_once_is_handed_out_as_ones_own() -> None:
    config = load_model("atlas")
    resolved = resolve(config)
    resolved.init_args["parts"][0]["init_args"].clear()
    assert resolve(config) == load_model("atlas") == config
