"""The loss of mini-batches: unbiased, a sum over processes, of hidden cells alone."""

from copy import copy

import pytest
import torch

from datamodules.sparse.datamodule import SparseDataModule
from datamodules.sparse.graph import CellBatch
from datamodules.sparse.sampling import CellSampler
from lit_models.registry import load_model
from lit_models.sparse.lit_sparse import LitSparse
from lit_models.sparse.registry import build_sparse_model


def module_of(name: str, data: SparseDataModule) -> LitSparse:
    torch.manual_seed(0)
    model = build_sparse_model(load_model(name), num_tasks=data.graph.num_tasks).eval()
    return LitSparse(model=model, graph=data.graph, seed=0, learning_rate=0.02, weight_decay=0.1)


def batches(
    data: SparseDataModule, *, epochs: int, cap: int | None, rank: int = 0, world_size: int = 1
) -> list[CellBatch]:
    sampler = CellSampler(
        data.table.target[data.observed],
        batches=4,
        cells_per_target=cap,
        seed=0,
        rank=rank,
        world_size=world_size,
    )
    serve = data.train_dataloader().dataset
    found = []
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        found += [serve[drawn] for drawn in sampler]
    return found


@pytest.mark.parametrize("cap", [None, 5])
@torch.no_grad()
def test_the_expected_loss_is_that_of_all_cells(cap: int | None, data: SparseDataModule) -> None:
    """Of factors, whose scores do not depend on what is hidden."""
    module, graph = module_of("pmf", data), data.graph
    vectors = module.model.encode(graph)
    full = (module.model.decode(vectors[graph.source], vectors[graph.target]) - graph.value).square().mean()
    drawn = batches(data, epochs=1 if cap is None else 100, cap=cap)
    losses = torch.stack([module.batch_loss(batch, step=1) for batch in drawn])
    if cap is None:  # each cell stands in one mini-batch, and their sizes differ by one at most
        sizes = torch.tensor([float(len(batch.value)) for batch in drawn])
        assert (losses * sizes).sum() / sizes.sum() == pytest.approx(full.item(), rel=1e-5)
    else:
        error = losses.std().item() / len(losses) ** 0.5
        assert error < 0.05 * full.item()
        assert losses.mean() == pytest.approx(full.item(), abs=4 * error)


@torch.no_grad()
def test_by_hand(data: SparseDataModule) -> None:
    """Two cells, drawn at the rates 1/2 and 1/4, of E: (2 e₁² + 4 e₂²) / E."""
    module, graph = module_of("pmf", data), data.graph
    for weight in module.model.parameters():
        weight.zero_()
    cell = torch.tensor([1, 4])
    batch = CellBatch(
        graph.source[cell], graph.target[cell], torch.tensor([3.0, -1.0]), torch.tensor([0.5, 0.25]), cell
    )
    assert module.batch_loss(batch, step=1).item() == pytest.approx((2 * 9 + 4 * 1) / len(graph.value))


@pytest.mark.parametrize("name", ["pmf", "gravity-profile", "source-target-vgae-dir"])
@torch.no_grad()
def test_the_parts_of_processes_add_up(name: str, data: SparseDataModule) -> None:
    module = module_of(name, data).train()  # noise on: all processes draw the same
    (whole, *_) = batches(data, epochs=1, cap=None)
    parts = [batches(data, epochs=1, cap=None, rank=rank, world_size=3)[0] for rank in range(3)]
    together = sum(module.batch_loss(part, step=1, processes=3) for part in parts)
    assert float(together) == pytest.approx(module.batch_loss(whole, step=1).item(), rel=1e-5)
    assert (
        not torch.equal(module.batch_loss(whole, step=2), module.batch_loss(whole, step=1)) or name == "pmf"
    )


@torch.no_grad()
def test_a_step_does_not_see_what_it_predicts(data: SparseDataModule) -> None:
    """Other values of the cells that it hides change no score, and so no loss of the values that were."""
    (whole, *_) = batches(data, epochs=1, cap=None)
    loss = module_of("gravity-dir", data).batch_loss(whole, step=1)
    changed = copy(data)
    changed.graph = data.graph._replace(value=data.graph.value.index_fill(0, whole.hidden, 9.0))
    assert torch.equal(module_of("gravity-dir", changed).batch_loss(whole, step=1), loss)
    changed.graph = data.graph._replace(value=data.graph.value + 9.0)
    assert not torch.equal(module_of("gravity-dir", changed).batch_loss(whole, step=1), loss)
