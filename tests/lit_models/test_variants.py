"""The variants that the default tests run leave out repetitions and nothing else."""

from collections.abc import Iterable

from lit_models.registry import load_model, model_names

from .variants import Variant, distinct_variants, variants


def structures(chosen: Iterable[Variant]) -> set[tuple[str, str]]:
    """Each class, and each encoder, in each setting."""
    return {
        (part, each.setting)
        for each in chosen
        for part in (each.config.class_path, str(each.config.init_args.get("encoder")))
    }


def test_every_class_and_every_encoder_is_among_the_default_ones_in_each_setting() -> None:
    chosen = [each for each in variants() if each.label in distinct_variants()]
    assert structures(chosen) == structures(variants())
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
