"""The ranges of a search fit the model, and a mistake in a file of them is told."""

from pathlib import Path

import pytest

from benchmark.tuning.search_space import DEFAULT_SPACE, load_space, own_values, with_values
from datamodules.errors import UserError
from lit_models.registry import load_model, model_factory, model_names

MODEL = load_model("source-target-dir")


def written(folder: Path, text: str) -> Path:
    path = folder / "space.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", model_names())
def test_every_configured_model_fits_the_shipped_ranges(name: str) -> None:
    config = load_model(name)
    space = load_space(None, config, trained=True)
    assert with_values(config, own_values(config, space)) == config
    assert set(space.init_args) <= set(config.init_args)
    for which in (0, -1):
        extreme = {dotted: limits.ends[which] for dotted, limits in space.limits().items()}
        if config.init_args.get("reconstruction"):
            extreme["init_args.hide"] = 0.3  # not 0, of which nothing would be left to reconstruct
        model_factory(with_values(config, extreme))(6, 0 if config.z == "none" else 3)


def test_a_model_takes_what_it_has_and_no_training_if_it_is_not_trained() -> None:
    gravity = load_space(None, load_model("gravity-dir"), trained=True)
    assert {"distance_weight", "width"} <= set(gravity.init_args)
    assert "ridge" not in gravity.init_args
    assert "learning_rate" in gravity.training
    additive = load_space(None, load_model("additive"), trained=False)
    assert list(additive.limits()) == ["init_args.ridge"]
    with pytest.raises(UserError, match="has no parameter of random"):
        load_space(None, load_model("random"), trained=False)


def test_values_go_where_their_names_say() -> None:
    changed = with_values(MODEL, {"init_args.width": 40, "training.learning_rate": 0.0123456})
    assert changed.init_args == {**MODEL.init_args, "width": 40}
    assert changed.training == MODEL.training.model_copy(update={"learning_rate": 0.0123})
    assert (changed.name, changed.class_path, changed.z) == (MODEL.name, MODEL.class_path, MODEL.z)


@pytest.mark.parametrize("values", [{"init_args.width": 1.5}, {"training.schedule": "step"}])
def test_values_must_have_their_types(values: dict[str, float | str]) -> None:
    with pytest.raises(UserError, match="cannot be"):
        with_values(MODEL, values)


def test_ones_own_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    path = written(tmp_path, "init_args: {encoder: {choices: [dir, gcn]}, dropout: {low: 0, high: 0.3}}")
    space = load_space(path, MODEL, trained=True)
    assert list(space.limits()) == ["init_args.encoder", "init_args.dropout"]
    assert own_values(MODEL, space) == {"init_args.encoder": "dir", "init_args.dropout": 0.1}


MISTAKES = {
    "init_args: {widht: {low: 8, high: 64}}": "did you mean 'init_args.width'",
    "training: {learningrate: {low: 0.1, high: 1.0}}": "did you mean 'training.learning_rate'",
    "training: {train_on_validation: {choices: [true, false]}}": "unknown parameter",
    "init_arguments: {width: {low: 8, high: 64}}": "does not have the form: init_arguments",
    "init_args: {width: {low: 8}}": "does not have the form: init_args.width",
    "init_args: {width: {low: 64, high: 8}}": "64",
    "init_args: {dropout: {low: 0.0, high: 0.5, log: true}}": "low",
    "init_args: {width: {low: 8.0, high: 64.0}}": "init_args.width cannot be 8.0",
    "init_args: {encoder: {choices: [dir, gnc]}}": "init_args.encoder cannot be 'gnc'",
    "init_args: {width: {low: 40, high: 64}}": "width is 32 in source-target-dir, which is not in",
    "init_args: {width: {choices: [8, 16]}}": "width is 32 in source-target-dir, which is not in",
    "init_args: {dropout: {low: 0, high: 1}}": "dropout is 0.1 in source-target-dir, which is not in",
    "init_args: {width: [8": "is no YAML",
    "": "has no parameter of source-target-dir",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_a_file_is_told(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UserError) as told:
        load_space(path, MODEL, trained=True)
    assert MISTAKES[text] in str(told.value)
    assert str(path) in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_space(tmp_path / "no.yaml", MODEL, trained=True)


def test_the_shipped_file_names_no_structure() -> None:
    assert not {"encoder", "one_hot", "mass", "z"} & set(DEFAULT_SPACE.read_text().split())
