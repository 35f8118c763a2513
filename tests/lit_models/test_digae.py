"""DiGAE: propagation by hand, parity with plain numpy, and that the roles of source and target alternate."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight, graph_of
from lit_models.digae import DiGAE, DiGAEEncoder, two_sided_propagation

SIZE, FEATURES, DIM = 6, 3, 2
# Off the diagonal: 0 → 1 weighs 3, 1 → 2 weighs 1, 2 → 0 weighs 2. With loops: out 4, 2, 3 and in 3, 4, 2.
WEIGHT = torch.tensor([[0.0, 3.0, 0.0], [0.0, 0.0, 1.0], [2.0, 0.0, 0.0]])


def model_of(**options: object) -> DiGAE:
    torch.manual_seed(0)
    return DiGAE(SIZE, FEATURES, width=5, dim=DIM, **options).eval()  # type: ignore[arg-type]  # its keywords


def encoder_of(model: DiGAE) -> DiGAEEncoder:
    assert isinstance(model.encoder, DiGAEEncoder)
    return model.encoder


def turned(graph: TaskGraph) -> TaskGraph:
    """The same graph with every edge the other way round."""
    return graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    return random_graph(SIZE, features=FEATURES)


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"),
    [
        (0.0, 0.0, [[1.0, 3.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]]),
        (1.0, 0.0, [[1 / 3, 3 / 4, 0.0], [0.0, 1 / 4, 1 / 2], [2 / 3, 0.0, 1 / 2]]),
        (0.0, 1.0, [[1 / 4, 3 / 4, 0.0], [0.0, 1 / 2, 1 / 2], [2 / 3, 0.0, 1 / 3]]),
        (1.0, 0.5, [[1 / 6, 3 / 8, 0.0], [0.0, 2**-0.5 / 4, 2**-0.5 / 2], [3**-1.5 * 2, 0.0, 3**-0.5 / 2]]),
    ],
)
def test_propagation_by_hand(alpha: float, beta: float, expected: list[list[float]]) -> None:
    torch.testing.assert_close(two_sided_propagation(WEIGHT, alpha=alpha, beta=beta), torch.tensor(expected))


def test_encoder_by_hand() -> None:
    encoder = DiGAEEncoder(3, 0, 2, width=1, rate=0.5, one_hot=True, alpha=0.0, beta=0.0).eval()
    encoder.of_sources.of_task = torch.nn.Parameter(torch.tensor([[1.0], [-1.0], [0.0]]))
    encoder.of_targets.of_task = torch.nn.Parameter(torch.tensor([[1.0], [2.0], [-5.0]]))
    encoder.source_head.weight.data = torch.tensor([[10.0]])
    encoder.target_head.weight.data = torch.tensor([[100.0]])
    # One edge, 0 → 1, of weight σ(0) = ½.
    observed = torch.tensor([[False, True, False], [False, False, False], [False, False, False]])
    graph = graph_of(torch.zeros(3, 3), observed)
    # S¹ = ReLU(Ã T⁰) = ReLU(1 + ½·2, 2, −5); T¹ = ReLU(Ãᵀ S⁰) = ReLU(1, −1 + ½·1, 0).
    # S² = 10 Ã T¹ = 10 (1 + 0, 0, 0); T² = 100 Ãᵀ S¹ = 100 (2, 2 + ½·2, 0).
    torch.testing.assert_close(encoder(graph), torch.tensor([[10.0, 200.0], [0.0, 300.0], [0.0, 0.0]]))


def array(value: Tensor | None) -> NDArray[np.float64]:
    assert value is not None
    return value.detach().double().numpy()


@pytest.mark.parametrize(("alpha", "beta"), [(0.4, 0.2), (0.0, 1.0)])
def test_scores_equal_the_papers_formula_in_numpy(graph: TaskGraph, alpha: float, beta: float) -> None:
    model = model_of(alpha=alpha, beta=beta)
    encoder = encoder_of(model)
    A = array(edge_weight(graph)) + np.eye(SIZE)
    out_scale, in_scale = np.diag(A.sum(1) ** -beta), np.diag(A.sum(0) ** -alpha)
    X = np.hstack([np.eye(SIZE), array(graph.x)])
    W_S, W_T = (
        np.vstack([array(layer.of_task), array(layer.of_z.weight).T])
        for layer in (encoder.of_sources, encoder.of_targets)
        if layer.of_z is not None
    )
    S = np.maximum(out_scale @ A @ in_scale @ X @ W_T, 0.0)
    T = np.maximum(in_scale @ A.T @ out_scale @ X @ W_S, 0.0)
    S, T = (
        out_scale @ A @ in_scale @ T @ array(encoder.source_head.weight).T,
        in_scale @ A.T @ out_scale @ S @ array(encoder.target_head.weight).T,
    )
    np.testing.assert_allclose(array(model(graph)), S @ T.T, rtol=1e-4, atol=1e-6)


def test_turning_every_edge_swaps_the_roles(graph: TaskGraph) -> None:
    model, mirrored = model_of(alpha=0.4, beta=0.2), model_of(alpha=0.2, beta=0.4)
    state = model.encoder.state_dict()
    swap = {"of_sources": "of_targets", "of_targets": "of_sources"}
    swap |= {"source_head": "target_head", "target_head": "source_head"}
    renamed = {".".join([swap[first], *rest]): value for (first, *rest), value in split(state)}
    mirrored.encoder.load_state_dict(renamed)
    scores = model(graph)
    torch.testing.assert_close(mirrored(turned(graph)), scores.mT)
    assert not torch.allclose(scores, scores.mT, atol=1e-3)


def split(state: dict[str, Tensor]) -> list[tuple[list[str], Tensor]]:
    return [(name.split("."), value) for name, value in state.items()]


def test_vectors_are_sources_then_targets(graph: TaskGraph) -> None:
    model = model_of()
    vectors = model.encode(graph)
    assert vectors.shape == (SIZE, 2 * DIM)
    torch.testing.assert_close(model(graph), vectors[:, :DIM] @ vectors[:, DIM:].T)


@pytest.mark.parametrize("one_hot", [False, True])
def test_renaming_tasks_renames_the_scores_only_without_identities(graph: TaskGraph, one_hot: bool) -> None:
    model = model_of(one_hot=one_hot)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    renamed = graph._replace(
        x=graph.x[order],
        affinity=graph.affinity[order][:, order],
        observed=graph.observed[order][:, order],
    )
    same = torch.allclose(model(renamed), model(graph)[order][:, order], atol=1e-6)
    assert same is not one_hot
    assert ("inductive" in model.settings) is not one_hot


@pytest.mark.parametrize("role", [0, 1])
def test_dropout_acts_on_either_role_and_follows_the_key(graph: TaskGraph, role: int) -> None:
    encoder = encoder_of(model_of(dropout=0.5))
    still = encoder(graph).chunk(2, dim=-1)[role]
    encoder.train()
    noisy = encoder(graph).chunk(2, dim=-1)[role]
    assert not torch.equal(noisy, still)
    assert torch.equal(encoder(graph).chunk(2, dim=-1)[role], noisy)
    other = graph._replace(key=torch.tensor(1))
    assert not torch.equal(encoder(other).chunk(2, dim=-1)[role], noisy)


def test_hidden_entries_leave_the_training_step_alone_in_evaluation(graph: TaskGraph) -> None:
    assert torch.equal(model_of(hide=0.5)(graph), model_of()(graph))
    assert not torch.equal(model_of(hide=0.5).objective(graph), model_of().objective(graph))


@pytest.mark.parametrize("wrong", [{"alpha": 1.1}, {"alpha": -0.1}, {"beta": 1.1}, {"beta": math.nan}])
def test_exponents_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError, match="alpha and beta"):
        model_of(**wrong)


def test_neither_identity_nor_z_is_refused() -> None:
    with pytest.raises(UserError, match="task embeddings"):
        DiGAE(SIZE, 0, one_hot=False)
