"""SDGAE: steps by hand, parity with powers of the block matrix, and the roles of source and target."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, edge_weight, graph_of
from lit_models.sdgae import SDGAE, RoleInput, SDGAEEncoder

SIZE, FEATURES, DIM = 6, 3, 2


def model_of(**options: object) -> SDGAE:
    torch.manual_seed(0)
    return SDGAE(SIZE, FEATURES, width=5, dim=DIM, **options).eval()  # type: ignore[arg-type]  # its keywords


def encoder_of(model: SDGAE) -> SDGAEEncoder:
    assert isinstance(model.encoder, SDGAEEncoder)
    return model.encoder


def array(value: Tensor) -> NDArray[np.float64]:
    return value.detach().double().numpy()


@pytest.fixture
def graph(random_graph: Callable[..., TaskGraph]) -> TaskGraph:
    return random_graph(SIZE, features=FEATURES)


def test_first_vectors_by_hand() -> None:
    layer = RoleInput(2, 1, 1, width=2, rate=0.5, one_hot=True, call=0).eval()
    layer.input.of_task = torch.nn.Parameter(torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
    assert layer.input.of_z is not None
    layer.input.of_z.weight.data = torch.tensor([[10.0], [0.0]])
    layer.bias.data = torch.tensor([0.0, 0.5])
    layer.head.weight.data = torch.tensor([[1.0, 100.0]])
    layer.head.bias.data = torch.tensor([0.25])
    graph = graph_of(torch.zeros(2, 2), torch.zeros(2, 2).bool(), x=torch.tensor([[1.0], [-1.0]]))
    # Hidden: ReLU(1 + 10, 0.5) and ReLU(−10, −1 + 0.5).
    torch.testing.assert_close(layer(graph), torch.tensor([[11.0 + 50.0 + 0.25], [0.25]]))


def test_two_steps_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = SDGAEEncoder(2, 0, 2, width=1, rate=0.0, one_hot=True, order=2)
    encoder.source_weight.data = torch.tensor([1.0, 10.0])
    encoder.target_weight.data = torch.tensor([2.0, 100.0])
    monkeypatch.setattr(encoder.of_sources, "forward", lambda _: torch.tensor([[1.0], [0.0]]))
    monkeypatch.setattr(encoder.of_targets, "forward", lambda _: torch.tensor([[0.0], [3.0]]))
    # One edge, 0 → 1, that weighs as much as a loop: out-degrees 2 and 1, in-degrees 1 and 2.
    graph = graph_of(torch.full((2, 2), 50.0), torch.tensor([[False, True], [False, False]]))
    half, root = 1 / 2, 2**-0.5
    # Ã = [[1/√2, 1/2], [0, 1/√2]]. First step: S = (1 + 3/2, 3/√2), T = (2/√2, 3 + 2·1/2).
    s, t = (1 + 3 * half, 3 * root), (2 * root, 4.0)
    expected = [
        [s[0] + 10 * (root * t[0] + half * t[1]), t[0] + 100 * root * s[0]],
        [s[1] + 10 * root * t[1], t[1] + 100 * (half * s[0] + root * s[1])],
    ]
    torch.testing.assert_close(encoder(graph), torch.tensor(expected))


@pytest.mark.parametrize("order", [1, 2, 5])
def test_vectors_equal_powers_of_the_block_matrix(graph: TaskGraph, order: int) -> None:
    """With one weight for all, K steps are (I + ω B)ᴷ of the bipartite graph's normalised matrix B."""
    model = model_of(order=order)
    encoder = encoder_of(model)
    for weight in (encoder.source_weight, encoder.target_weight):
        torch.testing.assert_close(weight, torch.full((order,), 1 / order))
        torch.nn.init.constant_(weight, 0.7)
    A = array(edge_weight(graph)) + np.eye(SIZE)
    nothing = np.zeros_like(A)
    block = np.block([[nothing, A], [A.T, nothing]])
    degree = block.sum(1)
    block = block / np.sqrt(np.outer(degree, degree))
    first = np.vstack([array(encoder.of_sources(graph)), array(encoder.of_targets(graph))])
    last = np.linalg.matrix_power(np.eye(2 * SIZE) + 0.7 * block, order) @ first
    S, T = last[:SIZE], last[SIZE:]
    np.testing.assert_allclose(array(model.encode(graph)), np.hstack([S, T]), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(array(model(graph)), S @ T.T, rtol=1e-4, atol=1e-6)


def test_turning_every_edge_swaps_the_roles(graph: TaskGraph) -> None:
    model, mirrored = model_of(), model_of()
    encoder, other = encoder_of(model), encoder_of(mirrored)
    torch.nn.init.uniform_(encoder.source_weight)
    torch.nn.init.uniform_(encoder.target_weight)
    other.of_sources.load_state_dict(encoder.of_targets.state_dict())
    other.of_targets.load_state_dict(encoder.of_sources.state_dict())
    other.source_weight.data = encoder.target_weight.data
    other.target_weight.data = encoder.source_weight.data
    turned = graph._replace(affinity=graph.affinity.mT, observed=graph.observed.mT)
    scores = model(graph)
    torch.testing.assert_close(mirrored(turned), scores.mT)
    assert not torch.allclose(scores, scores.mT, atol=1e-3)


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


@pytest.mark.parametrize("role", ["of_sources", "of_targets"])
def test_dropout_acts_on_either_role_and_follows_the_key(graph: TaskGraph, role: str) -> None:
    layer = getattr(encoder_of(model_of(dropout=0.5)), role)
    still = layer(graph)
    layer.train()
    noisy = layer(graph)
    assert not torch.equal(noisy, still)
    assert torch.equal(layer(graph), noisy)
    assert not torch.equal(layer(graph._replace(key=torch.tensor(1))), noisy)


def test_roles_drop_different_units(graph: TaskGraph) -> None:
    encoder = encoder_of(model_of(dropout=0.5)).train()
    encoder.of_targets.load_state_dict(encoder.of_sources.state_dict())
    assert not torch.equal(encoder.of_sources(graph), encoder.of_targets(graph))


def test_an_order_without_a_step_is_refused() -> None:
    with pytest.raises(UserError, match="order of at least 1"):
        model_of(order=0)


def test_neither_identity_nor_z_is_refused() -> None:
    with pytest.raises(UserError, match="task embeddings"):
        SDGAE(SIZE, 0, one_hot=False)
