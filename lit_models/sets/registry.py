"""Set models by name, one YAML file per model in ``lit_models/sets/configs``, and users' own by path."""

import sys
from pathlib import Path

import yaml

from datamodules.errors import UserError, unknown_name
from lit_models.loading.config import ModelConfig
from lit_models.loading.submission import is_submission
from lit_models.registry import load_model, resolve, split_endings, with_endings
from lit_models.sets.base import SetModel

CONFIGS = Path(__file__).parent / "configs"


def set_model_names() -> list[str]:
    """Names of all configured set models, without their variants with Z."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def load_set_model(word: str) -> ModelConfig:
    """Read one set model's configuration and fill in its defaults.

    Args:
        word: one of :func:`set_model_names`, or a model of one's own, both as in
            :func:`lit_models.registry.load_models`, suffixes such as ``+z`` included.

    Returns:
        The resolved configuration.

    Raises:
        UserError: for an unknown name, an invalid file, or a model that scores no sets.

    >>> load_set_model("log-sum-exp").init_args["pool"]
    'logsumexp'
    """
    stem, endings = split_endings(word)
    if is_submission(stem):
        config = load_model(word)
        if not is_set_model(config):
            raise UserError(
                f"{word}: the class scores no sets: derive it from SetModel of lit_models.sets.base, and "
                "write forward_sets(self, graph, sets)"
            )
        return config
    if stem not in set_model_names():
        raise unknown_name("set model", stem, set_model_names())
    content = yaml.safe_load((CONFIGS / f"{stem}.yaml").read_text(encoding="utf-8"))
    return resolve(with_endings(ModelConfig(name=stem, **content), endings))


def is_set_model(config: ModelConfig) -> bool:
    """Whether the class of a configuration, which is imported already, scores sets."""
    module, _, name = config.class_path.rpartition(".")
    return issubclass(getattr(sys.modules[module], name), SetModel)
