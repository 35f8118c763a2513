"""What a result says of a model beside its scores, found by building the model once."""

import traceback
from typing import Self

from pydantic import BaseModel, ConfigDict

from datamodules.errors import UserError
from datamodules.splits.protocol import Setting
from lit_models.autoencoder import Variational
from lit_models.base import RecoveryModel, build_model
from lit_models.loading.config import ModelConfig
from lit_models.loading.source_hash import source_hash
from lit_models.registry import model_factory


class Description(BaseModel):
    """A model as it was built for graphs of one size.

    Attributes:
        encoder: name of the encoder, "" if none.
        directed: whether the scores of (i, j) and (j, i) may differ.
        variational: whether it is a variational autoencoder.
        parameters: number of parameters that are trained.
        source_hash: hash of the code that determines its predictions.
        settings: settings that it supports.
        unsupported: why the model refused the size; None if it did not.
        error: traceback, if it could not be built; None if it could.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: str = ""
    directed: bool = True
    variational: bool = False
    parameters: int = 0
    source_hash: str = ""
    settings: frozenset[Setting] = frozenset()
    unsupported: str | None = None
    error: str | None = None

    @property
    def trainable(self) -> bool:
        """Whether members and epochs decide its scores."""
        return self.parameters > 0

    @classmethod
    def of(cls, model: RecoveryModel) -> Self:
        """Describe a model."""
        return cls(
            encoder=model.encoder_name,
            directed=model.directed,
            variational=isinstance(model, Variational),
            parameters=sum(value.numel() for value in model.parameters() if value.requires_grad),
            source_hash=source_hash(model),
            settings=model.settings,
        )


def build_and_describe(
    config: ModelConfig, *, num_tasks: int, num_features: int, num_pair_features: int
) -> Description:
    """Build a model in this process, and describe it.

    Args:
        config: the model.
        num_tasks: tasks of a fit graph.
        num_features: width of the task embeddings.
        num_pair_features: number of pair features.

    Returns:
        The description; what went wrong is part of it.

    Raises:
        UserError: if the class or an argument of the configuration is invalid.
    """
    build = model_factory(config)
    try:
        return Description.of(build_model(build, num_tasks, num_features, num_pair_features))
    except UserError as refusal:  # the model does not support this size
        return Description(unsupported=str(refusal))
    except (Exception, SystemExit):  # fails the cell, not the suite
        return Description(error=traceback.format_exc())
