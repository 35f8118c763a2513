"""What the fidelity track compares: models with the cheap matrix, each against the same without it."""

from lit_models.loading.config import ModelConfig
from lit_models.registry import load_model, resolve
from recovery.candidates import AUTO, SOURCE_MEAN

WITH_PAIRS = "+pairs"
CHEAP_ALONE = "cheap-alone"
# What cross-validation chooses among; none of them is trained.
WITHOUT_CHEAP = (SOURCE_MEAN, "kernel-ridge", "prior-fitted")
CHOICES = {
    AUTO: WITHOUT_CHEAP,
    AUTO + WITH_PAIRS: (*WITHOUT_CHEAP, "co-kriging", "prior-fitted-cheap"),
}
MODELS = (
    *WITHOUT_CHEAP,
    AUTO,
    CHEAP_ALONE,
    "kernel-ridge+pairs",
    "co-kriging",
    "prior-fitted+pairs",
    "prior-fitted-cheap",
    AUTO + WITH_PAIRS,
)
_AGAINST = {"co-kriging": "kernel-ridge", "prior-fitted-cheap": "prior-fitted"}


def config_of(model: str) -> ModelConfig:
    """A model's configuration; ``cheap-alone`` ranks by the cheap matrix as it stands."""
    if model == CHEAP_ALONE:
        ranks = "lit_models.zero_transfer.ZeroTransfer"
        return resolve(ModelConfig(name=CHEAP_ALONE, class_path=ranks, pairs="all"))
    return load_model(model)


def without_cheap(model: str) -> str | None:
    """The same model without the cheap matrix; None for one that does not use it, or nothing else.

    >>> without_cheap("co-kriging"), without_cheap("auto+pairs"), without_cheap("auto")
    ('kernel-ridge', 'auto', None)
    """
    plain = _AGAINST.get(model, model.removesuffix(WITH_PAIRS))
    return None if plain == model else plain
