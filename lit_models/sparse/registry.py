"""Which models have a sparse form, and making it."""

from collections.abc import Callable

from datamodules.errors import UserError
from lit_models.additive import Additive
from lit_models.base import RecoveryModel
from lit_models.factorisation import MatrixFactorisation
from lit_models.gravity import GravityGAE
from lit_models.loading.config import ModelConfig
from lit_models.means import SourceMean, TargetMean
from lit_models.registry import model_factory
from lit_models.source_target import SourceTargetGAE
from lit_models.sparse.additive import SparseAdditive
from lit_models.sparse.autoencoder import SparseAutoencoder
from lit_models.sparse.base import SparseModel
from lit_models.sparse.factorisation import SparseMatrixFactorisation
from lit_models.sparse.means import SparseMean

SPARSE_FORMS: dict[type[RecoveryModel], Callable[[RecoveryModel], SparseModel]] = {
    SourceMean: SparseMean,
    TargetMean: SparseMean,
    Additive: SparseAdditive,
    MatrixFactorisation: SparseMatrixFactorisation,
    GravityGAE: SparseAutoencoder,
    SourceTargetGAE: SparseAutoencoder,
}


def build_sparse_model(config: ModelConfig, *, num_tasks: int) -> SparseModel:
    """Build the sparse form of a configured model.

    Args:
        config: the model, of :func:`lit_models.registry.load_model`.
        num_tasks: number N of tasks, sources and targets.

    Returns:
        The sparse form, with initial weights drawn as the model of matrices draws them.

    Raises:
        UserError: if the model has no sparse form.
    """
    if config.z != "none" or config.pairs != "none":
        raise UserError(
            f"model '{config.name}' reads task embeddings or pair features, which a sparse table does not "
            "have: leave the suffixes out"
        )
    model = model_factory(config)(num_tasks, 0)
    for kind, form in SPARSE_FORMS.items():
        if isinstance(model, kind):
            return form(model)
    known = ", ".join(sorted(kind.__name__ for kind in SPARSE_FORMS))
    raise UserError(f"model '{config.name}' has no sparse form: choose one of the classes {known}")
