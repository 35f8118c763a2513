"""The variants that the default tests run leave out repetitions and nothing else."""

from lit_models.registry import load_model, model_names

from .variants import Variant, distinct_variants, variants


def structure(variant: Variant) -> tuple[str, str, str]:
    model = variant.config
    return model.class_path, str(model.init_args.get("encoder")), variant.setting


def test_every_class_encoder_and_setting_is_among_the_default_ones() -> None:
    chosen = [each for each in variants() if each.label in distinct_variants()]
    assert {structure(each) for each in chosen} == {structure(each) for each in variants()}
    assert {each.config.class_path for each in chosen} == {
        load_model(name).class_path for name in model_names()
    }
    assert len(chosen) == len(distinct_variants()) < len(variants()) / 2
    with_and_without = {(each.config.class_path, each.config.z) for each in chosen}
    assert with_and_without == {(each.config.class_path, each.config.z) for each in variants()}


def test_a_variant_that_differs_in_one_argument_is_another_one() -> None:
    plain, steered = (
        Variant(load_model(name), "transductive") for name in ("gravity-dir", "gravity-target-mass-dir")
    )
    assert steered.facets() - plain.facets() == {("lit_models.gravity.GravityGAE", "mass", "'target'")}
