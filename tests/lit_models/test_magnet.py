"""MagNet: parity with the dense Hermitian Laplacian, what the charge does, and a missing library."""

import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight, graph_of, to_data
from lit_models.magnet import MagNetEncoder, SourceTargetMagNet

SIZE, FEATURES, DIM, WIDTH = 6, 3, 2, 5
LIBRARY = "torch_geometric_signed_directed"


def test_without_the_library_the_user_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [LIBRARY, f"{LIBRARY}.nn", f"{LIBRARY}.nn.directed"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UserError, match=r"pip install 'affinity-bench\[magnet\]'"):
        SourceTargetMagNet(SIZE, 0)


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    pytest.importorskip(LIBRARY)
    return random_graph(SIZE, features=FEATURES)


def model_of(**options: object) -> SourceTargetMagNet:
    pytest.importorskip(LIBRARY)
    torch.manual_seed(0)
    model = SourceTargetMagNet(SIZE, FEATURES, width=WIDTH, dim=DIM, **options)  # type: ignore[arg-type]  # its keywords
    for name, value in model.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(value)  # the library starts at 0, where a lost bias would not show
    return model.eval()


def array(value: Tensor | nn.Module) -> NDArray[np.float64]:
    assert isinstance(value, Tensor)
    return value.detach().double().numpy()


def scaled_laplacian(graph: TaskGraph, *, charge: float) -> NDArray[np.complex128]:
    """[N, N] complex, L − I with L the normalised magnetic Laplacian."""
    A = array(edge_weight(graph))
    symmetric = (A + A.T) / 2
    degree = symmetric.sum(1)
    phase = np.exp(2j * np.pi * charge * (A - A.T))
    minus: NDArray[np.complex128] = symmetric / np.sqrt(np.outer(degree, degree)) * phase
    return -minus


def propagated(graph: TaskGraph, *, charge: float) -> NDArray[np.complex128]:
    """What the library's convolution makes of the identity by its first-order term alone: [N, N] complex."""
    directed = pytest.importorskip(f"{LIBRARY}.nn.directed")
    layer = directed.MagNetConv(SIZE, SIZE, K=1, q=charge, trainable_q=False)
    layer.weight.data = torch.stack([torch.zeros(SIZE, SIZE), torch.eye(SIZE)])
    data = to_data(graph)
    real, imaginary = layer(torch.eye(SIZE), torch.zeros(SIZE, SIZE), data.edge_index, data.edge_weight)
    return array(real) + 1j * array(imaginary)


@pytest.mark.parametrize("charge", [0.0, 0.1, 0.25])
def test_what_the_library_propagates_with_is_hermitian(graph: TaskGraph, charge: float) -> None:
    matrix = propagated(graph, charge=charge)
    np.testing.assert_allclose(matrix, matrix.conj().T, atol=1e-6)
    np.testing.assert_allclose(matrix, scaled_laplacian(graph, charge=charge), atol=1e-6)
    assert np.isreal(matrix).all() == (charge == 0.0)
    assert np.abs(np.linalg.eigvalsh(matrix)).max() <= 1 + 1e-6


def test_laplacian_by_hand() -> None:
    # Two tasks, one edge 0 → 1 of weight σ(0) = ½: A_s = ¼ off the diagonal, degrees ¼, Θ = 2π · ¼ · ½.
    graph = graph_of(torch.zeros(2, 2), torch.tensor([[False, True], [False, False]]))
    turn = np.exp(1j * np.pi / 4)
    expected = np.array([[0.0, -turn], [-turn.conjugate(), 0.0]])
    np.testing.assert_allclose(scaled_laplacian(graph, charge=0.25), expected, atol=1e-7)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("one_hot", [False, True])
def test_scores_equal_chebyshev_polynomials_in_numpy(graph: TaskGraph, order: int, one_hot: bool) -> None:
    model = model_of(charge=0.2, order=order, one_hot=one_hot)
    encoder = model.encoder
    assert isinstance(encoder, MagNetEncoder)
    L = scaled_laplacian(graph, charge=0.2)
    terms = [np.eye(SIZE), L]
    for _ in range(2, order + 1):
        terms.append(2 * L @ terms[-1] - terms[-2])
    X = array(graph.x)
    Z = np.hstack([np.eye(SIZE), X]) * (1 + 1j) if one_hot else X * (1 + 1j)
    for layer in encoder.convolutions:
        parts = zip(terms, array(layer.weight), strict=True)
        Z = sum(T @ Z @ W for T, W in parts) + array(layer.bias) * (1 + 1j)
        Z = np.where(Z.real >= 0, Z, 0)
    vectors = np.hstack([Z.real, Z.imag]) @ array(encoder.head.weight).T + array(encoder.head.bias)
    np.testing.assert_allclose(array(model.encode(graph)), vectors, rtol=1e-4, atol=1e-5)
    expected = vectors[:, :DIM] @ vectors[:, DIM:].T
    np.testing.assert_allclose(array(model(graph)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("charge", [0.0, 0.25])
def test_without_a_charge_directions_are_forgotten(graph: TaskGraph, charge: float) -> None:
    model = model_of(charge=charge)
    turned = graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)
    assert torch.allclose(model.encode(turned), model.encode(graph), atol=1e-5) is (charge == 0.0)


@pytest.mark.parametrize("one_hot", [False, True])
def test_renaming_tasks_renames_the_scores_only_without_identities(graph: TaskGraph, one_hot: bool) -> None:
    model = model_of(one_hot=one_hot)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    renamed = graph._replace(
        x=graph.x[order],
        affinity=graph.affinity[order][:, order],
        observed=graph.observed[order][:, order],
    )
    same = torch.allclose(model(renamed), model(graph)[order][:, order], atol=1e-5)
    assert same is not one_hot
    assert ("inductive" in model.settings) is not one_hot


def test_vectors_of_one_graph_do_not_depend_on_the_graph_before(graph: TaskGraph) -> None:
    model = model_of()
    before = model.encode(graph)
    other = graph._replace(observed=graph.observed & torch.eye(SIZE).roll(1, 0).bool())
    assert not torch.equal(model.encode(other), before)
    assert torch.equal(model.encode(graph), before)


def test_double_precision_stays(graph: TaskGraph) -> None:
    model = model_of().double()
    double = graph._replace(x=graph.x.double(), affinity=graph.affinity.double())
    assert model(double).dtype == torch.float64
    torch.testing.assert_close(model(double).float(), model_of()(graph), atol=1e-4, rtol=1e-4)


def test_dropout_acts_in_training_and_follows_the_key(graph: TaskGraph) -> None:
    encoder = model_of(dropout=0.5).encoder
    still = encoder(graph)
    encoder.train()
    noisy = encoder(graph)
    assert not torch.equal(noisy, still)
    assert torch.equal(encoder(graph), noisy)
    assert not torch.equal(encoder(graph._replace(key=torch.tensor(1))), noisy)


@pytest.mark.parametrize("wrong", [{"charge": 0.3}, {"charge": -0.1}, {"order": 0}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError, match="charge in"):
        model_of(**wrong)


def test_neither_identity_nor_z_is_refused() -> None:
    pytest.importorskip(LIBRARY)
    with pytest.raises(UserError, match="task embeddings"):
        SourceTargetMagNet(SIZE, 0, one_hot=False)
