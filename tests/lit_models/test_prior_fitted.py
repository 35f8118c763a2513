"""The prior-fitted model: the shipped weights, one forward pass in numpy, and graphs of any kind."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf, ndtri

from datamodules.errors import UserError
from datamodules.graph import TaskGraph, graph_of
from lit_models import prior_fitted
from lit_models.loading.weights import bytes_hash
from lit_models.prior_fitted import SHIPPED, WEIGHTS, PriorFitted

Array = NDArray[np.float64]
HEADS, RANK, CHANNELS = 4, 4, 16


def random_graph(tasks: int, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> TaskGraph:
    generator = torch.Generator().manual_seed(seed)
    value = torch.randn(tasks, tasks, dtype=dtype, generator=generator)
    observed = (torch.rand(tasks, tasks, generator=generator) < 0.6) & ~torch.eye(tasks, dtype=torch.bool)
    graph = graph_of(value, observed)
    return graph._replace(group=torch.randint(-1, 3, (tasks,), generator=generator))


class InNumpy:
    """The forward pass again, from the papers' formulas and this project's docs, with loops and no torch."""

    def __init__(self) -> None:
        self.weights = {name: each.astype(np.float64) for name, each in load_file(WEIGHTS).items()}

    def linear(self, name: str, x: Array) -> Array:
        y: Array = x @ self.weights[f"{name}.weight"].T
        return y + self.weights.get(f"{name}.bias", 0.0)

    def norm(self, name: str, x: Array) -> Array:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        y: Array = scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return y

    def rank(self, graph: TaskGraph) -> Array:
        x = self.linear("embed.2", gelu(self.linear("embed.0", features(graph)))) + self.group_channel(graph)
        depth = 1 + max(int(name.split(".")[1]) for name in self.weights if name.startswith("layers."))
        for layer in range(depth):
            x = self.mixed(f"layers.{layer}", x)
        y = self.linear("head.3", gelu(self.linear("head.1", self.norm("head.0", x))))
        return y[..., -1]

    def group_channel(self, graph: TaskGraph) -> Array:
        """Of a graph without Z and pair features, the group is the only channel."""
        group, z, o = graph.group.numpy(), graph.affinity.double().numpy(), graph.observed.numpy() * 1.0
        apart = ~np.eye(len(z), dtype=bool)
        same = (group[:, None] == group) & (group >= 0) & apart
        s = (same - same[apart].mean()) / same[apart].std() * apart
        pairs = apart.sum() / 2.0
        record = [
            (z * s).sum() / (o.sum() + 4),
            (z * s.T).sum() / (o.sum() + 4),
            (z @ z.T / (o @ o.T + 2) * s).sum() / pairs,
            (z.T @ z / (o.T @ o + 2) * s).sum() / pairs,
        ]
        inputs = [s, s.T, 3 * s * record[0], 3 * s.T * record[1], *(np.full_like(s, each) for each in record)]
        hidden = gelu(self.linear("channels.each", np.stack(inputs, -1)))
        return self.linear("channels.together", hidden / np.sqrt(2.0))

    def mixed(self, name: str, x: Array) -> Array:
        y = self.norm(f"{name}.before_mixing", x)
        turned = y.transpose(1, 0, 2)
        seen = [
            self.regressed(f"{name}.over_sources", y),
            self.regressed(f"{name}.over_targets", turned).transpose(1, 0, 2),
            self.triangles(f"{name}.triangles", y),
        ]
        x = x + self.linear(f"{name}.mix", np.concatenate(seen, -1))
        own, reverse = np.split(self.linear(f"{name}.cell", self.norm(f"{name}.before_cell", x)), 2, -1)
        return x + self.linear(f"{name}.out", gelu(own + reverse.transpose(1, 0, 2)))

    def regressed(self, name: str, y: Array) -> Array:
        tasks, width = len(y), y.shape[-1]
        cuts = np.cumsum([HEADS * RANK, HEADS * RANK, HEADS, HEADS])
        query, key, bias, worth, content = np.split(self.linear(f"{name}.project", y), cuts, -1)
        means, weights = [], []
        for head in range(HEADS):
            q, k = (part[..., head * RANK : (head + 1) * RANK] for part in (query, key))
            logit = np.einsum("ije,kje->ik", q, k) / np.sqrt(tasks * RANK) + bias[..., head]
            kernel = np.exp(logit) / np.exp(logit).sum(1, keepdims=True)
            trust = 1.0 / (1.0 + np.exp(-worth[..., head]))
            values = content[..., head * width // HEADS : (head + 1) * width // HEADS]
            total = kernel @ trust + 1e-4
            means.append(np.einsum("ik,kj,kje->ije", kernel, trust, values) / total[..., None])
            weights.append(np.log(total) / 4)
        return np.concatenate([*means, np.stack(weights, -1)], -1)

    def triangles(self, name: str, y: Array) -> Array:
        a, b, c, d, e, f = np.split(self.linear(f"{name}.factors", y), 6, -1)
        rows, columns = np.einsum("ikc,jkc->ijc", a, b), np.einsum("kic,kjc->ijc", c, d)
        paths = np.einsum("ikc,kjc->ijc", e, f)
        return self.norm(f"{name}.norm", np.concatenate([rows, columns, paths], -1) / len(y))


def gelu(x: Array) -> Array:
    y: Array = x * (1.0 + erf(x / np.sqrt(2.0))) / 2.0
    return y


def features(graph: TaskGraph) -> Array:
    z, o, eligible = (
        graph.affinity.double().numpy(),
        graph.observed.numpy() * 1.0,
        graph.eligible.numpy() * 1.0,
    )
    tasks = len(z)
    scores = np.zeros_like(z)
    for i, j in np.argwhere(o):
        given = z[o[:, j] > 0, j]
        share = ((given < z[i, j]).sum() + (given == z[i, j]).sum() / 2) / len(given)
        scores[i, j] = ndtri(np.clip(share, 0.001, 0.999))
    in_row, in_column = o.sum(1, keepdims=True), o.sum(0, keepdims=True)
    mean = z.sum(1, keepdims=True) / (in_row + 1)
    path = z @ z / (o @ o + 2)
    one_way = [z, scores, o, eligible]
    wide = [mean, mean.T, *(np.log1p(each) / 3 for each in (in_row, in_column, in_row.T, in_column.T))]
    size = np.full_like(z, np.log1p(tasks) / 3)
    alike = [z @ z.T / (o @ o.T + 2), z.T @ z / (o.T @ o + 2), path, path.T]
    every: list[Any] = [
        *one_way,
        *(each.T for each in one_way),
        np.eye(tasks),
        *alike,
        *wide,
        size,
        (z - mean) * o,
    ]
    return np.stack([np.broadcast_to(each, z.shape) for each in every], -1)


@pytest.mark.parametrize("tasks", [4, 9, 23])
def test_a_forward_pass_in_numpy_is_the_same(tasks: int) -> None:
    graph = random_graph(tasks, seed=tasks)
    found = PriorFitted(tasks, 0)(graph).numpy()
    np.testing.assert_allclose(found, InNumpy().rank(graph), atol=1e-5)


def test_shipped_weights_are_small_and_are_those_that_the_record_names() -> None:
    assert bytes_hash(WEIGHTS.read_bytes()) == SHIPPED
    assert WEIGHTS.stat().st_size < 8 * 2**20


def test_other_weights_are_refused() -> None:
    with pytest.raises(UserError, match="SHA-256"):
        PriorFitted(5, 0, sha256="0" * 64)


def test_there_is_nothing_to_fit_and_nothing_to_copy() -> None:
    model = PriorFitted(5, 0)
    assert not list(model.parameters())
    assert not list(model.buffers())


def test_double_precision_differs_by_rounding() -> None:
    graph = random_graph(8, dtype=torch.float64)
    single = graph._replace(affinity=graph.affinity.float(), edge_attr=graph.edge_attr.float())
    scores = PriorFitted(8, 0)(graph)
    assert scores.dtype == torch.float64
    torch.testing.assert_close(PriorFitted(8, 0)(single).double(), scores, atol=1e-4, rtol=0)


def test_what_follows_from_the_rest_is_predicted_with_a_narrow_distribution() -> None:
    """A table of source effects alone, and the same entries in any order."""
    noise = random_graph(16)
    effect = torch.linspace(-1.5, 1.5, 16)[torch.randperm(16, generator=torch.Generator().manual_seed(1))]
    clear = noise._replace(affinity=effect[:, None] * noise.observed)
    sure, unsure = (PriorFitted(16, 0).predictive(graph) for graph in (clear, noise))
    assert sure.mean.shape == sure.scale.shape == (16, 16)
    query = noise.query
    assert sure.scale[query].mean() < 0.5 * unsure.scale[query].mean()
    assert (sure.mean - effect[:, None])[query].abs().mean() < 0.3
    assert torch.corrcoef(torch.stack([PriorFitted(16, 0)(clear).mean(1), effect]))[0, 1] > 0.95


def test_the_first_pass_in_another_precision_may_be_a_batched_one() -> None:
    """Under vmap, where nothing random may happen."""
    graphs = [random_graph(6, seed=seed, dtype=torch.float64) for seed in range(2)]
    model = PriorFitted(6, 0)
    batch = TaskGraph(*(torch.stack(fields) for fields in zip(*graphs, strict=True)))
    expected = torch.stack([model(graph) for graph in graphs])
    prior_fitted.shipped_network.cache_clear()
    torch.testing.assert_close(torch.func.vmap(model)(batch), expected)


def test_a_bipartite_graph_and_one_with_little_observed_are_read() -> None:
    graph = random_graph(10)
    bipartite = torch.zeros(10, 10, dtype=torch.bool)
    bipartite[:6, 6:] = True
    graph = graph._replace(eligible=bipartite, observed=graph.observed & bipartite)
    graph = graph._replace(affinity=graph.affinity * graph.observed, query=bipartite & ~graph.observed)
    assert torch.isfinite(PriorFitted(10, 0)(graph)).all()
    few = graph._replace(observed=graph.observed & False, affinity=graph.affinity * 0)
    assert torch.isfinite(PriorFitted(10, 0)(few)).all()


def test_a_large_graph_is_read_two_parts_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell's score is that of the graph of its two parts, and does not see a third."""
    monkeypatch.setattr(prior_fitted, "MOST_TASKS", 8)
    graph = random_graph(11)
    model = PriorFitted(11, 0)
    assert model.knows_tasks_by_identity
    parts = [torch.arange(start, 11, 3) for start in range(3)]
    scores = model(graph)
    for first, second in ((0, 1), (1, 2), (0, 2)):
        both = torch.cat([parts[first], parts[second]])
        part = graph._replace(
            x=graph.x[both],
            group=graph.group[both],
            **{
                name: getattr(graph, name)[both][:, both]
                for name in ("affinity", "observed", "eligible", "query", "edge_attr")
            },
        )
        block = slice(0, len(parts[first])), slice(len(parts[first]), None)
        torch.testing.assert_close(
            scores[parts[first]][:, parts[second]], model(part)[block], atol=1e-5, rtol=1e-4
        )


def test_every_cell_of_a_large_graph_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prior_fitted, "MOST_TASKS", 8)
    predictive = PriorFitted(30, 0).predictive(random_graph(30))
    assert torch.isfinite(predictive.mean).all()
    assert (predictive.scale > 0).all()
