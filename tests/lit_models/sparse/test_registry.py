"""Models of sparse tables go by the names of models of matrices; the others are refused by name."""

import pytest

from datamodules.errors import UserError
from lit_models.registry import load_model
from lit_models.sparse.base import SparseModel
from lit_models.sparse.registry import build_sparse_model


@pytest.mark.parametrize(
    "name", ["source-mean", "additive", "pmf", "gravity-dir", "gravity-profile", "source-target-dir"]
)
def test_the_models_that_the_tables_were_made_for_are_there(name: str) -> None:
    assert isinstance(build_sparse_model(load_model(name), num_tasks=2), SparseModel)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "matrix-normal",
            "'matrix-normal' has no sparse form: choose one of the classes Additive, GravityGAE",
        ),
        ("gravity-gcn", "the encoder GCNEncoder has no sparse form: choose a model with dir or profile"),
        ("source-target-masked-profile", "leave hide and reconstruction at 0"),
        ("pmf+z", "'pmf\\+z' reads task embeddings or pair features"),
    ],
)
def test_a_model_without_a_sparse_form_is_one_message(name: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        build_sparse_model(load_model(name), num_tasks=5)
